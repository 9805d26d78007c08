"""The answer of an experiment in at most five sentences, the bad ones first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbody_emulator.emulators.register import in_a_sentence
from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.evaluation.recommendation_told import recommendation
from nbody_emulator.report import numbers
from nbody_emulator.report.failures import WHOLE, Region
from nbody_emulator.report.finished import Finished
from nbody_emulator.report.goals import (
    NOISE,
    bands_of,
    behind,
    best_network,
    joint_region,
    posterior_coverages,
    posterior_family,
    scores_of,
)
from nbody_emulator.report.verdicts import Verdict, at_most, side, within

WIDTHS = {-1: "too narrow", 1: "too wide"}

MOST = 5


@dataclass(frozen=True)
class Sentence:
    """A finding, and whether it is a bad one."""

    text: str
    bad: bool = False


def sentences(finished: Finished, regions: Sequence[Region]) -> list[Sentence]:
    """The most important findings that there are, what was missed before what was reached.

    Args:
        regions: where coverage is worst, the worst first.
    """
    found = [
        *_family(finished),
        *_accuracy(finished),
        *_intervals(finished),
        *_posteriors(finished),
        *_worst_region(finished, regions),
        *_noise(finished),
        *_runs(finished),
    ]
    return sorted(found[:MOST], key=lambda sentence: not sentence.bad)


def _family(finished: Finished) -> Iterator[Sentence]:
    """Which family is recommended, and whether a neural network that was tried does better."""
    told = recommendation(finished.comparison, finished.metrics["recommended"])
    network = best_network(finished)
    if network is None or network == finished.recommended:
        yield Sentence(told)
        return
    row = next(row for row in finished.comparison if row["family"] == network)
    how = f": {behind(network, row)}" if row["difference"] else ", though one has the best score"
    yield Sentence(f"{told} No neural network is shown to do better{how}.", bad=True)


def _accuracy(finished: Finished) -> Iterator[Sentence]:
    scores, where = scores_of(finished)
    errors = [score.get("rmse_over_noise_floor", {"value": None}) for score in scores.values()]
    known = [each for each in errors if numbers.is_known(each["value"])]
    opened = "" if finished.evaluation else f" ({_unseen(finished)})"
    if not known:
        if opened:
            yield Sentence(f"All that is said here is out of fold{opened}.")
        return
    missed = any(at_most(each, NOISE**0.5) is Verdict.MISSED for each in known)
    points = f" ({finished.evaluation['points']} new design points)" if finished.evaluation else opened
    yield Sentence(
        f"Its error {where}{points} is {numbers.span([each['value'] for each in known])} times the scatter between "
        f"realisations of the same parameters, by output, where {NOISE**0.5:.2f} was aimed at.",
        bad=missed,
    )


def _unseen(finished: Finished) -> str:
    """Why no score is of the sealed test set."""
    if any(opening["present"] for opening in finished.openings):
        return "the sealed test set was opened for these models, but its scores are not beside this page"
    return "the sealed test set was not opened for these models"


def _intervals(finished: Finished) -> Iterator[Sentence]:
    scores, _ = scores_of(finished)
    held = [score[coverage_name(finished.level)]["value"] for score in scores.values()]
    runs = "runs out of fold" if finished.evaluation is None else "sealed runs"
    region, central = joint_region(finished), bands_of(finished).get("central")
    off = side(region, finished.level)
    missed = central is not None and within(central, is_near=False) is Verdict.MISSED
    told = f", which is {WIDTHS[off]}" if off else ""
    counted = (
        f"; of the coverages of intervals, {numbers.counted(central)} are outside"
        if central and missed
        else ""
    )
    yield Sentence(
        f"Its {100 * finished.level:g} % intervals hold {numbers.span(held, 1, 100.0)} % of {runs}, by output, and "
        f"its joint regions {numbers.percent(region)}{told}{counted}.",
        bad=bool(off) or missed,
    )


def _worst_region(finished: Finished, regions: Sequence[Region]) -> Iterator[Sentence]:
    """Where coverage fails worst, if it does."""
    for worst in [region for region in regions if region.fails][:1]:
        of = "joint regions" if worst.output == WHOLE else f"intervals of {worst.output}"
        yield Sentence(
            f"In the {worst.region}, out of fold, {of} of {worst.level} % hold {worst.held} of {worst.runs} runs: "
            f"{worst.distance:.1f} standard deviations of a perfect prediction off, whose worst region is within "
            f"{worst.at_most:.1f} in 95 % of cases.",
            bad=True,
        )


def _posteriors(finished: Finished) -> Iterator[Sentence]:
    family = posterior_family(finished)
    if family is None:
        return
    found = posterior_coverages(finished, family)
    sides = [side(each, 0.90) for each in found.values()]
    told = [
        f"{numbers.percent(each)} {of}{f' ({WIDTHS[off]})' if off else ''}"
        for (of, each), off in zip(found.items(), sides, strict=True)
    ]
    yield Sentence(
        f"Posterior regions of 90 % of the parameters, by {in_a_sentence(family)}, hold {numbers.listed(told)}.",
        bad=any(sides),
    )


def _noise(finished: Finished) -> Iterator[Sentence]:
    if "noise" not in finished.metrics:
        return
    noise = finished.metrics["noise"].values()
    shares = [each["share"]["value"] for each in noise]
    chaos = [each["parts"]["chaos"]["share"]["value"] for each in noise if each.get("parts")]
    told = f", of which chaos is {numbers.span(chaos, 0, 100.0)} %" if chaos else ""
    yield Sentence(
        f"The parameters leave {numbers.span(shares, 0, 100.0)} % of the variance over the design open, by "
        f"output{told}: no emulator of these parameters can predict that."
    )


def _runs(finished: Finished) -> Iterator[Sentence]:
    runs = finished.metrics["runs"]
    yield Sentence(
        f"Of {runs['total']} runs {runs['usable']} could be used.", bad=runs["usable"] < runs["total"]
    )
