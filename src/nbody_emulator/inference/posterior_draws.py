"""Draws from the posteriors of a few observed runs: where to simulate anew, and what the emulator expects there."""

from typing import TYPE_CHECKING

import jax
import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.random_keys import GENERATOR, counted_off, random_key
from nbody_emulator.inference.known_runs import OBSERVATION, KnownRuns
from nbody_emulator.inference.prediction_table import PredictionTable, thetas
from nbody_emulator.quantities.coordinates import output_coordinates, parameter_coordinates
from nbody_emulator.settings.parameters import PARAMETERS
from nbody_emulator.settings.rows import DrawSettings
from nbody_emulator.streams import generator, key_integer

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table


def draw_posteriors(emulator: Emulator, runs: "Table", settings: DrawSettings) -> "xr.Dataset":
    """Of the first usable runs, in their order: nobody chose them.

    Args:
        runs: of the role observation.

    Returns:
        `parameter_draw` (observation, draw, parameter), independent draws from the posterior with the emulator's own
        factor; `emulated` (observation, draw, output), a run that the emulator makes of each draw, in the outputs' own
        units, NaN where it lacks an output; `observed` and `truth` of the run, whose design point is `group`.

    Raises:
        ValueError: the fit has seen a run, a run has another role, or too few are usable.
    """
    import xarray as xr

    known = KnownRuns.of(emulator, runs, (OBSERVATION,))
    chosen = np.flatnonzero(known.usable)[: settings.observations]
    if len(chosen) < settings.observations:
        raise ValueError(
            f"{len(chosen)} usable runs have the role observation, and posteriors of {settings.observations} are wanted"
        )
    observations = known.observations[chosen].tolist()
    table = PredictionTable.of(emulator, settings.points)
    random = generator(settings.seed, "posterior draws")
    posteriors = list(table.posteriors(observations))
    fractions = np.stack(
        [
            each.fractions[random.choice(len(each.weights), size=settings.draws, p=each.weights)]
            for each in posteriors
        ]
    )
    theta = thetas(emulator.parameters, fractions.reshape(-1, fractions.shape[-1])).reshape(fractions.shape)
    whole = [each.name in PARAMETERS and PARAMETERS[each.name].whole for each in emulator.parameters]
    theta = np.where(whole, np.round(theta), theta)
    names = [output.name for output in emulator.outputs]
    by_parameter, by_output = {"units_by": "parameter_units"}, {"units_by": "output_units"}
    return xr.Dataset(
        {
            "parameter_draw": (
                ("observation", "draw", "parameter"),
                theta,
                {"long_name": "independent draws from the posterior", **by_parameter},
            ),
            "emulated": (
                ("observation", "draw", "output"),
                _emulated(emulator, theta, settings.seed),
                {"long_name": "outputs of a run that the emulator makes of a draw", **by_output},
            ),
            "truth": (
                ("observation", "parameter"),
                known.inputs[chosen],
                {"long_name": "true parameters", **by_parameter},
            ),
            "observed": (
                ("observation", "output"),
                np.stack([each.values for each in observations]),
                {"long_name": "what was observed", **by_output},
            ),
            "effective_size": (
                "observation",
                [each.effective_size for each in posteriors],
                {"long_name": "independent draws that the points of the posterior were worth", "units": "1"},
            ),
            "group": ("observation", known.group[chosen], {"long_name": "design point of the observed run"}),
            "role": ("observation", known.role[chosen], {"long_name": "what the observed run is for"}),
        },
        {**parameter_coordinates(emulator.parameters), **output_coordinates(emulator.outputs)},
        attrs={
            "title": f"Posterior draws of {len(chosen)} runs, observed by {', '.join(names)}",
            "family": emulator.metadata.family,
        },
    )


def _emulated(emulator: Emulator, theta: np.ndarray, seed: int) -> np.ndarray:
    """(..., q) in the outputs' own units, of one run at each of the parameters (..., d)."""
    leading = theta.shape[:-1]
    with counted_off():
        keys = jax.random.split(random_key(key_integer(seed, "posterior draws")), int(np.prod(leading)))
        data = np.asarray(jax.random.key_data(keys)).reshape(*leading, -1)
        targets = each_point(_run, leading, theta, data, model=emulator.model)
    columns = zip(emulator.outputs, np.moveaxis(targets, -1, 0), strict=True)
    return np.stack([output.inverse(column) for output, column in columns], axis=-1)


def _run(theta, data, model):
    return model(theta).sample(jax.random.wrap_key_data(data, impl=GENERATOR))
