"""What a published experiment found, in sentences and in tables of Markdown, from its published numbers."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbody_emulator.emulators.register import in_a_sentence, label_of
from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.evaluation.posterior_findings import by_family, posterior_verdict
from nbody_emulator.evaluation.published_numbers import (
    LEVEL,
    Published,
    estimate,
    head,
    line,
    number,
    share_of_chaos,
)
from nbody_emulator.evaluation.recommendation_told import recommendation
from nbody_emulator.evaluation.whole_runs import region_name

GAIN = "gain_over_normals"

KINDS = ("central", "one_sided", "region")
"""Of coverages: of intervals, of what is below and above them, of joint regions."""


def sentences(published: Published) -> str:
    """The few numbers that matter: the recommendation; on sealed runs the error and what intervals held; posteriors."""
    chosen, scores = published.metrics["recommended"]["family"], published.sealed_scores.values()
    errors = [score["rmse_over_noise_floor"]["value"] for score in scores]
    percent = [100 * score[coverage_name(LEVEL)]["value"] for score in scores]
    told = recommendation(published.comparison.to_dict("records"), published.metrics["recommended"])
    return (
        f"{told} On the sealed set ({published.evaluation['runs']['usable']} runs at "
        f"{published.evaluation['points']} new design points) the error of {in_a_sentence(chosen)} is "
        f"{min(errors):.2f} to {max(errors):.2f} times the scatter between realisations of one cluster, and its "
        f"{LEVEL:.0%} intervals hold {min(percent):.1f} to {max(percent):.1f} % of the runs. "
        f"{posterior_verdict(published)}"
    ).rstrip() + "\n"


def mean_within(score: Mapping[str, Any]) -> float:
    """Upper end of the 95 % interval of the rms distance to the mean over realisations, in their scatter."""
    return math.sqrt(score["mse_mean_response"]["upper"] / score["noise_variance"]["value"])


def tables(published: Published) -> str:
    """Families; the recommended one's outputs, posteriors, bands and shapes; noise, and the error of the step."""
    parts = (
        _families(published),
        _outputs(published),
        *([by_family(published)] if published.judges_posteriors else []),
        _bands(published),
        _worth(published),
        _simulations(published),
    )
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _families(published: Published) -> Iterator[str]:
    title = "nats per output behind the best in cross-validation"
    yield from head("family", "cross-validated score", title, "behind the recommended one on sealed runs")
    rows: Iterable[Any] = published.comparison.itertuples()
    for row in rows:
        sealed = published.evaluation["primary"][row.family]
        chosen = " (recommended)" if row.recommended else ""
        yield line(
            f"{label_of(row.family)}{chosen}",
            number(row.nll, row.nll_standard_error),
            number(row.difference, row.difference_standard_error),
            number(sealed["above_recommended"], sealed["above_recommended_standard_error"]),
        )


def _outputs(published: Published) -> Iterator[str]:
    levels = (0.68, LEVEL, 0.95)
    held = [f"{level:.0%} hold [%]" for level in levels]
    within = "missed of the mean, at most (95 % limit of the rms, in the noise)"
    yield from head(
        "intervals of sealed runs", "error over the noise", within, *held, "runs without the output"
    )
    missing = published.evaluation["runs"]["missing_outputs"]
    for output, score in published.sealed_scores.items():
        coverage = [estimate(score[coverage_name(level)], 100, 1) for level in levels]
        error, limit = estimate(score["rmse_over_noise_floor"], 1, 2), f"{mean_within(score):.2f}"
        yield line(output, error, limit, *coverage, str(missing[output]))
    whole = published.sealed_whole_runs
    yield line(
        "all, joint regions", "", "", *(estimate(whole[region_name(each)], 100, 1) for each in levels), ""
    )


def _bands(published: Published) -> Iterator[str]:
    """How many coverages are outside, open and sealed, beside what perfection has at most in 95 % of cases."""
    open_bands, sealed_bands = published.bands
    titles = [f"{kind.replace('_', '-')}, {where}" for kind in KINDS for where in ("open", "sealed")]
    yield from head("outside their bands (perfection: at most, in 95 % of cases)", *titles)
    for treatment in sorted({*open_bands, *sealed_bands}):
        found = [bands.get(treatment, {}) for bands in (open_bands, sealed_bands)]
        cells = [_counted(kinds[kind]) if kind in kinds else "" for kind in KINDS for kinds in found]
        yield line(treatment.replace("_", " ").replace("cv plus", "CV+").replace("hpd", "HPD"), *cells)


def _counted(count: Mapping[str, Any]) -> str:
    return f"{count['outside']} of {count['looks']} ({count['at_most']:.0f})"


def _worth(published: Published) -> Iterator[str]:
    """What the shapes and correlations of every family's predictions are worth, open and sealed."""
    yield from head(
        "worth over independent normals of the same means and widths",
        "out of fold [nats per output]",
        "sealed",
    )
    rows: Iterable[Any] = published.comparison.itertuples()
    for row in rows:
        open_runs, sealed = (
            each["whole_runs"][row.family][GAIN] for each in (published.metrics, published.evaluation)
        )
        yield line(label_of(row.family), estimate(open_runs, 1, 3), estimate(sealed, 1, 3))


def _simulations(published: Published) -> Iterator[str]:
    title = "noise between realisations, share of the variance over the design [%]"
    chaos = "of the noise, chaos [%] (95 % interval)"
    yield from head("output", title, chaos, "mean shift at half the step, in that noise", "single runs, rms")
    for output, noise in published.metrics["noise"].items():
        shift = published.metrics["half_step"][output]
        yield line(
            output,
            estimate(noise["share"], 100, 0),
            share_of_chaos(noise),
            estimate(shift["mean_shift"], 1, 2),
            f"{shift['rms_shift']:.2f}",
        )
