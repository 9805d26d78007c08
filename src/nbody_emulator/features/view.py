"""What is seen of a block of runs before they begin: named features of each, and its stars."""

from collections.abc import Iterator, Sequence

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.features.feature import Feature
from nbody_emulator.features.register import FEATURES
from nbody_emulator.features.stars import star_covariates, star_values
from nbody_emulator.features.start import Start
from nbody_emulator.quantities.coordinates import covariate_coordinates
from nbody_emulator.quantities.quantity import Covariate
from nbody_emulator.settings.protocol import Given

with extra("simulation"):
    import xarray as xr

CARRIED = ("point", "replicate")
"""Variables of the simulation by which a row of what is seen is known to be that of a row of the summaries."""

PLACE = ("stream", "block")


def seen_of(start: Start, features: Sequence[str] = (), slots: int = 0) -> dict[str, float]:
    """What an emulator that was given these takes of a cluster, beside the parameters: values by name.

    Args:
        start: the cluster.
        features: names in the register.
        slots: stars that the emulator has room for; 0 for one that was given no stars.

    Raises:
        KeyError: there is no such feature.
        ValueError: more stars than slots.
    """
    names = [covariate.name for covariate in _covariates(features, slots)]
    return dict(zip(names, _values(start, _methods(features), slots).tolist(), strict=True))


def view(simulation: xr.Dataset, given: Given) -> xr.Dataset:
    """The features and, where they are given, the stars of every run of a block at its first snapshot.

    Args:
        simulation: `mass` (run, star) [Msun], 0 for an empty slot; `position` [pc] and `velocity` [pc Myr-1], both
            (run, time, star, axis); `softening` (run) [pc].

    Returns:
        `seen` (run, covariate); NaN in rows of runs that could not start.

    Raises:
        KeyError: unknown feature, or a variable that the simulation lacks.
    """
    slots = simulation.sizes["star"] if given.stars else 0
    covariates, methods = _covariates(given.features, slots), _methods(given.features)
    seen = np.full((simulation.sizes["run"], len(covariates)), np.nan)
    for run, start in enumerate(_starts(simulation)):
        if start is not None:
            seen[run] = _values(start, methods, slots)
    attributes = {"long_name": "what is seen of the stars before the run", "units_by": "covariate_units"}
    place = {key: simulation.attrs[key] for key in PLACE}
    carried = (
        simulation[list(CARRIED)].drop_attrs(deep=False).assign_coords(covariate_coordinates(covariates))
    )
    return carried.assign(seen=(("run", "covariate"), seen, attributes)).assign_attrs(
        title="The stars of one block before its runs", **place
    )


def _starts(simulation: xr.Dataset) -> Iterator[Start | None]:
    """The cluster of every run; None of one that could not start."""
    first = simulation.isel(time=0)
    masses = first["mass"].transpose("run", "star").values
    positions, velocities = (
        first[name].transpose("run", "star", "axis").values for name in ("position", "velocity")
    )
    for run, softening in enumerate(first["softening"].values):
        here = masses[run] > 0.0
        state = positions[run, here], velocities[run, here]
        is_whole = here.any() and all(np.isfinite(each).all() for each in state)
        yield Start(masses[run, here], *state, float(softening)) if is_whole else None


def _methods(features: Sequence[str]) -> list[Feature]:
    return [FEATURES.load(name) for name in features]


def _covariates(features: Sequence[str], slots: int) -> tuple[Covariate, ...]:
    return (*(method.covariate for method in _methods(features)), *star_covariates(slots))


def _values(start: Start, methods: Sequence[Feature], slots: int) -> np.ndarray:
    """(k,) in the order of the covariates."""
    features = [float(method.measure(start)) for method in methods]
    return np.concatenate([features, star_values(start, slots).ravel()]) if slots else np.array(features)
