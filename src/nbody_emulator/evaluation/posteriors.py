"""What posteriors of simulated runs hold: by family and likelihood, on real runs and on the emulator's own."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, fields

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.posterior_metrics import KEYS, WHOLE, nested_quantities
from nbody_emulator.evaluation.posterior_tests import (
    Posteriors,
    Quantity,
    conformal_coverage,
    coverage,
    information_gain,
    likeness,
    posteriors_of,
    sharpness,
    uniformity,
)
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.strata import THIRDS
from nbody_emulator.identity.seen_points import SEALED_ROLE
from nbody_emulator.posterior_standards import REGION_LEVELS
from nbody_emulator.settings.protocol import Protocol

OBSERVATION, CALIBRATION, MOCK = "observation", "calibration", "mock"

REFERENCE = "correlated"
"""The likelihood that others are compared with, run by run."""

AS_FITTED, WIDENED = "as_fitted", "widened"
"""Variances as the emulator says them, or times the factor that the calibration runs have set."""


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Columns: family, likelihood, variances, runs, then quantity, parameter, stratum, level, value, standard_error,
    band_low, band_high, count. By quantity:

    - coverage: share of runs whose true parameters lie in the smallest posterior region of `level`, of all runs and by
      thirds of each parameter's box; band: of 95 % of perfect posteriors, each number by itself.
    - hpd_curve, rank_curve, random_distance_curve, distance_curve: share of runs with a level, a rank of the true
      parameter, a distance from a random point and from the posterior's mean of at most `level`; band: of 95 % of
      whole curves of perfect posteriors. hpd_p and so on: p-values of Kolmogorov's test.
    - conformal_coverage: what regions hold whose mass the calibration runs have set.
    - information: mean logarithm of the posterior's density over the prior's at the truth [nats], a proper score.
      information_over_correlated: by how much it is above that of the correlated Gaussian with the same variances.
    - contraction: median over runs of 1 - posterior variance over prior variance; band: what 80 % of runs show.
    - z_mean, z_standard_deviation: of (truth - posterior mean) over the posterior's standard deviation.
    - rough_share: share of runs for which the points were worth fewer than 400 draws.
    - variance_factor: by which variances are widened; error: of its logarithm.
    - evidence_p: whether evidences are distributed as those of the emulator's own runs.
    """
    found = {dataset.attrs["family"]: dataset for dataset in sources.all("posteriors")}
    rows = [
        (family, *keys, *astuple(quantity))
        for family in protocol.families
        if family in found
        for keys, quantity in _of_family(found[family], protocol.seed)
    ]
    return pd.DataFrame(rows, columns=[*KEYS, *(field.name for field in fields(Quantity))])


def posteriors_held(datasets: Sequence[xr.Dataset], families: Sequence[str], seed: int) -> dict:
    """Family -> quantity -> level, parameter or `all` -> its number, of the first posterior of sealed runs.

    What is tested for uniformity is one run of each design point.
    """
    found = {}
    for family in families:
        for dataset in datasets:
            if dataset.attrs["family"] == family:
                every = posteriors_of(dataset, 0, SEALED_ROLE)
                rows = [
                    *coverage(every, REGION_LEVELS, {WHOLE: np.ones(len(every), dtype=bool)}, seed),
                    *sharpness(every),
                ]
                rows += uniformity(every.first_of_groups(), seed)
                table = pd.DataFrame([asdict(row) for row in rows])
                found[family] = nested_quantities(table, [])
    return found


def _of_family(dataset: xr.Dataset, seed: int) -> Iterator[tuple[tuple[str, str, str], Quantity]]:
    judged = [
        (str(likelihood), WIDENED if widened else AS_FITTED)
        for likelihood, widened in zip(
            dataset["likelihood"].values, dataset["is_widened"].values, strict=True
        )
    ]
    for place, (likelihood, variances) in enumerate(judged):
        of_role = {role: posteriors_of(dataset, place, role) for role in (OBSERVATION, CALIBRATION, MOCK)}
        for role in (OBSERVATION, MOCK):
            if len(of_role[role]):
                for quantity in _judged(of_role[role], seed):
                    yield (likelihood, variances, role), quantity
        key = likelihood, variances, OBSERVATION
        observed = of_role[OBSERVATION]
        if variances == WIDENED:
            factor, error = (
                float(dataset[name][place]) for name in ("variance_factor", "variance_factor_error")
            )
            yield key, Quantity("variance_factor", value=factor, standard_error=error)
        if len(of_role[CALIBRATION]):
            for quantity in conformal_coverage(of_role[CALIBRATION], observed, REGION_LEVELS):
                yield key, quantity
        if len(of_role[MOCK]):
            yield key, likeness(observed, of_role[MOCK])
        if likelihood != REFERENCE and (REFERENCE, variances) in judged:
            other = posteriors_of(dataset, judged.index((REFERENCE, variances)), OBSERVATION)
            yield key, information_gain(observed, other)


def _judged(posteriors: Posteriors, seed: int) -> Iterator[Quantity]:
    yield from coverage(posteriors, REGION_LEVELS, _thirds(posteriors), seed)
    yield from uniformity(posteriors, seed)
    yield from sharpness(posteriors)


def _thirds(posteriors: Posteriors) -> dict[str, np.ndarray]:
    """Masks (n,) of all runs, and of thirds of each parameter's box."""
    found = {WHOLE: np.ones(len(posteriors), dtype=bool)}
    for parameter, values in zip(posteriors.parameters, posteriors.truth.T, strict=True):
        part = np.clip(np.floor(len(THIRDS) * values).astype(int), 0, len(THIRDS) - 1)
        found |= {f"{parameter}:{word}": part == place for place, word in enumerate(THIRDS)}
    return found
