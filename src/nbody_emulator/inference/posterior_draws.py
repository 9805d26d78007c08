"""Draws from the posteriors of a few observed runs: where to simulate anew, and what the emulator expects there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jax
import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.random_keys import GENERATOR, counted_off, random_key
from nbody_emulator.inference.known_runs import OBSERVATION, KnownRuns
from nbody_emulator.inference.prediction_table import PredictionTable, thetas
from nbody_emulator.quantities.coordinates import output_coordinates, parameter_coordinates
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
    whole = [each.name in (settings.whole or ()) for each in emulator.parameters]
    theta = np.where(whole, np.round(theta), theta)
    drawn = _drawn(theta, _emulated(emulator, theta, settings.seed))
    names = [output.name for output in emulator.outputs]
    return xr.Dataset(
        drawn | _observed(known, chosen, [each.effective_size for each in posteriors]),
        {**parameter_coordinates(emulator.parameters), **output_coordinates(emulator.outputs)},
        attrs={
            "title": f"Posterior draws of {len(chosen)} runs, observed by {', '.join(names)}",
            "family": emulator.metadata.family,
        },
    )


BY_PARAMETER, BY_OUTPUT = {"units_by": "parameter_units"}, {"units_by": "output_units"}


def _drawn(theta: np.ndarray, emulated: np.ndarray) -> dict[str, tuple]:
    """Draws (observation, draw, parameter), and the run (observation, draw, output) that is made of each."""
    drawn = {"long_name": "independent draws from the posterior", **BY_PARAMETER}
    made = {"long_name": "outputs of a run that the emulator makes of a draw", **BY_OUTPUT}
    return {
        "parameter_draw": (("observation", "draw", "parameter"), theta, drawn),
        "emulated": (("observation", "draw", "output"), emulated, made),
    }


def _observed(known: KnownRuns, chosen: np.ndarray, sizes: Sequence[float]) -> dict[str, tuple]:
    """The observed runs, and what (observation) their posteriors are worth."""
    values = np.stack([known.observations[index].values for index in chosen])
    truth = {"long_name": "true parameters", **BY_PARAMETER}
    worth = {"long_name": "independent draws that the points of the posterior were worth", "units": "1"}
    return {
        "truth": (("observation", "parameter"), known.inputs[chosen], truth),
        "observed": (("observation", "output"), values, {"long_name": "what was observed", **BY_OUTPUT}),
        "effective_size": ("observation", sizes, worth),
        "group": ("observation", known.group[chosen], {"long_name": "design point of the observed run"}),
        "role": ("observation", known.role[chosen], {"long_name": "what the observed run is for"}),
    }


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
