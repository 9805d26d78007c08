"""The one evaluation on the sealed test set: new design points, predicted by fits on all training blocks."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import in_a_sentence, reference
from nbody_emulator.evaluation.as_json import checked, nested, with_error
from nbody_emulator.evaluation.estimate import Estimate, mean_estimate, with_interval
from nbody_emulator.evaluation.pooled_noise import noise_of_same, points_of
from nbody_emulator.evaluation.posteriors import posteriors_held
from nbody_emulator.evaluation.rows import (
    Rows,
    by_family,
    of_families,
    outputs_of,
    rows_of,
    spread_of,
    surviving_runs,
    text_or_number,
)
from nbody_emulator.evaluation.scores import COLUMNS, estimates
from nbody_emulator.evaluation.seal import read_seen, refuse_judged, refuse_seen
from nbody_emulator.evaluation.sealed_coverage import bands_of, treated_coverage, treated_regions
from nbody_emulator.evaluation.sealed_test import sealed_test_table
from nbody_emulator.evaluation.standard_errors import over_groups
from nbody_emulator.evaluation.whole_runs import whole_runs
from nbody_emulator.identity.seen_points import SEALED_ROLE, Seen
from nbody_emulator.settings.protocol import Protocol
from nbody_emulator.storage.netcdf import read


class SealedPosteriors(NamedTuple):
    """Posteriors of the sealed runs, and the files of those of open runs, which must be others."""

    sealed: Sequence[xr.Dataset]
    open_files: Sequence[str]


NO_POSTERIORS = SealedPosteriors((), ())


class Evaluation(NamedTuple):
    """What the one look shows.

    Attributes:
        metrics: a nested dictionary.
        scores: a tidy table (family, output, metric, value, standard_error, lower, upper).
        sealed_test: run by run, and those of the scores that a figure shows; see `sealed_test_table`.
    """

    metrics: dict
    scores: pd.DataFrame
    sealed_test: pd.DataFrame


def evaluate(
    predictions: Sequence[xr.Dataset],
    unsealed: Sequence[xr.Dataset],
    protocol: Protocol,
    recommended: str,
    fits: Mapping[str, Seen] | None = None,
    posteriors: SealedPosteriors = NO_POSTERIORS,
) -> Evaluation:
    """Score every family on the sealed rows; the recommended one was settled before, by cross-validation.

    Args:
        predictions: of the sealed rows (role "sealed"), one dataset a family, by the fits on all blocks.
        unsealed: the families' predictions of all unsealed rows: they give the training spread and mean, the
            calibration scores, and which design points have been seen.
        protocol: whose families stand in order of rank.
        recommended: the family that cross-validation recommends.
        fits: what every fit of the experiment has seen, by the name of its file.
        posteriors: of the same rows, by the families of which any are judged.

    Returns:
        The metrics, the scores, and what a figure shows of them. Replicates of a point are not independent:
        errors are over design points. Error and noise are of the same runs, and so their ratio is known
        better than either. Beside the scores of new realisations stand `noise_variance` from the test
        replicates; `mse_mean_response`, the squared distance to the mean over realisations, unbiased and not
        clipped (bias^2 plus variance of this one fit; with the noise variance it closes to mse); and the
        coverage of recalibrated and conformal intervals and regions, set on the calibration role, whose own
        scatter is in their errors.
        `bands` counts which coverages of one run a point lie outside the bands of perfection.

    Raises:
        ValueError: a sealed design point was seen, by name or by its parameters, or a fit's parts have not
            seen the same.
        jsonschema.ValidationError: the numbers do not fit workflow/schemas/evaluation.schema.json.
    """
    sealed = by_family(predictions, protocol.families)
    seen = by_family(unsealed, protocol.families)
    for family in sealed:
        refuse_seen(sealed[family], seen[family], fits or {})
    for path in posteriors.open_files:
        refuse_judged(next(iter(sealed.values())), read(path), path)
    scores = score_table(sealed, seen, protocol)
    metrics = _metrics(sealed, seen, scores, protocol, recommended)
    judged = posteriors_held(posteriors.sealed, protocol.families, protocol.seed)
    return Evaluation(
        checked({**metrics, **({"posteriors": judged} if judged else {})}, "evaluation"),
        scores,
        sealed_test_table(sealed, scores, protocol, recommended),
    )


def score_table(
    sealed: Mapping[str, xr.Dataset], unsealed: Mapping[str, xr.Dataset], protocol: Protocol
) -> pd.DataFrame:
    """The scores of `evaluate`, from the families' predictions of sealed and of unsealed rows."""
    rows = []
    for family in sealed:
        for output in outputs_of(sealed[family]):
            found = _scores(sealed[family], unsealed[family], output, protocol)
            rows += [(family, output, metric, *numbers.values()) for metric, numbers in found.items()]
        whole = whole_runs(sealed[family], unsealed[family], [SEALED_ROLE])
        for metric, (estimate, there) in whole.estimates(protocol.levels).items():
            rows.append((family, "all", metric, *estimate.over_groups(whole.group[there]).values()))
        runs = surviving_runs(sealed[family], [SEALED_ROLE])
        for metric, estimate in treated_regions(runs, unsealed[family], protocol).items():
            rows.append((family, "all", metric, *estimate.over_groups(runs.group).values()))
    return pd.DataFrame(rows, columns=["family", "output", "metric", *COLUMNS])


def evaluate_files(
    predictions: Sequence[xr.Dataset],
    seen: Mapping[str, Seen],
    unsealed: str,
    comparison: str,
    witnesses: Sequence[str],
    protocol: Protocol,
    posteriors: SealedPosteriors = NO_POSTERIORS,
) -> Evaluation:
    """As `evaluate`, what is unsealed being read from its file, the recommended family from the table of the
    comparison, and what witnesses (fitting.nc, trial.nc) saw too.
    """
    compared = pd.read_csv(comparison)
    recommended = compared.loc[compared["recommended"], "family"].item()
    return evaluate(
        predictions,
        of_families(read(unsealed)),
        protocol,
        recommended,
        {**seen, **read_seen(witnesses)},
        posteriors,
    )


def mean_response_error(rows: Rows) -> Estimate:
    """Mean over points of (mean_j - ybar_j)^2 - s_j^2 / R_j, of which each point is a row.

    Unbiased for the squared distance of one fit to the mean response, so it may come out negative. Points
    with one existing run are left out: they cannot tell noise from error.
    """
    points, predicted = points_of(rows.target, rows.group), points_of(rows.mean, rows.group)
    terms = (predicted.mean - points.mean) ** 2 - points.variance / points.replicates
    terms = terms[points.replicates > 1]
    return mean_estimate(terms) if len(terms) > 1 else mean_estimate(np.full(2, np.nan))


def _scores(
    sealed: xr.Dataset, unsealed: xr.Dataset, output: str, protocol: Protocol
) -> dict[str, dict[str, float]]:
    rows = rows_of(sealed, output, [SEALED_ROLE])
    noise = noise_of_same(rows.target, rows.group)
    reference = np.full(len(rows.target), rows_of(unsealed, output, ["training"]).target.mean())
    found = estimates(rows, reference, spread_of(unsealed, output), noise, protocol.levels)
    found |= treated_coverage(rows, unsealed, output, protocol)
    response = mean_response_error(rows)
    return {
        **{metric: estimate.over_groups(rows.group) for metric, estimate in found.items()},
        "noise_variance": with_interval(noise.variance, noise.standard_error, noise.error_freedom, True),
        "mse_mean_response": response.over_groups(np.arange(len(response.influence))),
    }


def _metrics(
    sealed: Mapping, seen: Mapping, scores: pd.DataFrame, protocol: Protocol, recommended: str
) -> dict:
    first = next(iter(sealed.values()))
    groups = text_or_number(first["group"])
    compared = _compared(sealed, seen, recommended)
    return {
        "points": len(np.unique(groups)),
        "runs": _runs(first, outputs_of(first)),
        "recommended": {
            "family": recommended,
            "sentence": _sentence(recommended, compared, len(np.unique(groups))),
        },
        "primary": compared,
        "bands": {family: bands_of(sealed[family], seen[family], protocol) for family in sealed},
        "whole_runs": nested(scores[scores["output"] == "all"], ["family", "metric"], with_error),
        "families": nested(scores[scores["output"] != "all"], ["family", "output", "metric"], with_error),
    }


def _compared(sealed: Mapping, seen: Mapping, recommended: str) -> dict:
    """Each family's primary endpoint, and how far it lies above the recommended family's, paired by run."""
    runs = {family: whole_runs(sealed[family], seen[family], [SEALED_ROLE]) for family in sealed}
    found = {}
    for family, whole in runs.items():
        above = whole.joint - runs[recommended].joint
        found[family] = {
            "value": whole.joint.mean(),
            "standard_error": over_groups(whole.joint, whole.group),
            "above_recommended": above.mean(),
            "above_recommended_standard_error": over_groups(above, whole.group),
        }
    return found


def _runs(predictions: xr.Dataset, outputs: list[str]) -> dict:
    usable = predictions["usable"].values.astype(bool)
    targets = predictions["target"].sel(output=outputs).transpose("row", "output").values
    missing = np.isnan(targets[usable]).sum(axis=0)
    return {
        "total": len(usable),
        "usable": int(usable.sum()),
        "unusable": int((~usable).sum()),
        "missing_outputs": dict(zip(outputs, missing.tolist(), strict=True)),
    }


def _sentence(recommended: str, compared: Mapping, points: int) -> str:
    name = in_a_sentence(recommended)
    where = f"On {points} sealed design points {name}, recommended by cross-validation,"
    reached = (
        f"{where} reaches a joint negative log likelihood of {_number(compared[recommended], 'value', '')}"
    )
    line = reference(Reference.LINE, compared)
    if line is None or recommended == line:
        return f"{reached}."
    distance = _number(compared[line], "above_recommended", "above_recommended_")
    return f"{reached}, and {in_a_sentence(line)} lies above it by {distance}."


def _number(entry: Mapping, value: str, prefix: str) -> str:
    return f"{entry[value]:.3f} \u00b1 {entry[f'{prefix}standard_error']:.3f} nats per output"
