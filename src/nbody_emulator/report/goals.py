"""What was aimed at, beside what was measured: each claim of the report with its target and a verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import FAMILIES, in_a_sentence, reference
from nbody_emulator.evaluation.losses import coverage_name, tail_name
from nbody_emulator.evaluation.whole_runs import region_name
from nbody_emulator.report import numbers
from nbody_emulator.report.finished import Finished
from nbody_emulator.report.verdicts import Verdict, ahead, at_most, near, regions, together, within

NOISE = 1.10
"""Largest mean squared error in units of the noise: 10 % above what the parameters leave open."""

STEP_SHIFT = 0.2
"""Largest mean shift of an output at half the step, in the scatter between realisations."""

MARGIN = 0.05
"""Points that a coverage may be off: 90 % are no longer what is said if 85 % or 95 % are held."""


@dataclass(frozen=True)
class Goal:
    """One claim.

    Attributes:
        claim: what is claimed, in words.
        target: what it takes.
        measured: what was found, in words and numbers.
        verdict: whether it was reached.
        section: where the report shows it.
    """

    claim: str
    target: str
    measured: str
    verdict: Verdict
    section: str


def goals(finished: Finished) -> Iterator[Goal]:
    """Every goal of which something was measured, in the order of the report."""
    yield from _simulations(finished)
    yield from _families(finished)
    yield from _accuracy(finished)
    yield from _calibration(finished)
    yield from _posteriors(finished)


def _simulations(finished: Finished) -> Iterator[Goal]:
    runs, experiment = finished.metrics["runs"], finished.experiment
    if isinstance(experiment, ClusterExperiment):
        share = runs["within_tolerance_fraction"]
        yield Goal(
            "Runs conserve energy",
            f"all within {experiment.integration.energy_tolerance:g}",
            f"{100 * share:.1f} % of {runs['total']}",
            Verdict.MET if share == 1.0 else Verdict.MISSED,
            "trusted",
        )
    shifts = [each["mean_shift"] for each in finished.metrics.get("half_step", {}).values()]
    sizes = [
        {"value": abs(each["value"]), "standard_error": each["standard_error"]}
        for each in shifts
        if numbers.is_known(each["value"])
    ]
    known = [each["standard_error"] for each in sizes if numbers.is_known(each["standard_error"])]
    if known:
        yield Goal(
            "Outputs do not depend on the step",
            f"mean shift at half the step below {STEP_SHIFT:g} of the scatter between realisations",
            f"{numbers.span([each['value'] for each in sizes])}, by output, with standard errors up to "
            f"{numbers.number(max(known), 2)}",
            together([at_most(each, STEP_SHIFT) for each in sizes]),
            "trusted",
        )


def _families(finished: Finished) -> Iterator[Goal]:
    rows = {row["family"]: row for row in finished.comparison}
    line = reference(Reference.LINE, rows)
    if line is not None and len(rows) > 1:
        yield Goal(
            "Better than a straight line",
            "the best family scores better than linear regression by more than two standard errors",
            f"{behind(line, rows[line])}{_sealed_lead(finished, line)}",
            ahead(rows, rows.keys() - {line}),
            "emulated",
        )
    networks = _networks(rows)
    network = best_network(finished)
    if network is not None and len(networks) < len(rows):
        row = rows[network]
        chosen = finished.recommended == network
        yield Goal(
            "A neural network is worth its cost",
            "one scores better than every other family by more than two standard errors",
            f"{in_a_sentence(finished.recommended)} is recommended"
            f"{', which is one' if chosen else f'; {behind(network, row)}'}",
            ahead(rows, networks),
            "emulated",
        )


def behind(family: str, row: Mapping[str, Any]) -> str:
    """How far a family lies behind the best."""
    if row["difference"] == 0.0:
        return f"{in_a_sentence(family)} has the best score"
    return (
        f"{in_a_sentence(family)} is {numbers.number(row['difference'])} ± "
        f"{numbers.number(row['difference_standard_error'])} nats per output behind the best"
    )


def best_network(finished: Finished) -> str | None:
    """Of the neural networks that were compared (what is fitted by epochs) the one with the best score."""
    rows = {row["family"]: row for row in finished.comparison}
    return min(_networks(rows), key=lambda family: rows[family]["nll"], default=None)


def _networks(rows: Mapping[str, Any]) -> list[str]:
    known = [family for family in rows if family in FAMILIES.names]
    return [family for family in known if FAMILIES.load(family).is_fitted_by_epochs]


def _sealed_lead(finished: Finished, line: str) -> str:
    if finished.evaluation is None or line == finished.recommended:
        return ""
    lead = finished.evaluation["primary"][line]
    entry = {
        "value": lead["above_recommended"],
        "standard_error": lead["above_recommended_standard_error"],
    }
    return f"; on sealed runs {numbers.estimate(entry)} behind the recommended one"


def scores_of(finished: Finished) -> tuple[Mapping[str, Any], str]:
    """The recommended family's scores by output, and of which runs: sealed ones where they were opened."""
    if finished.evaluation is None:
        return finished.metrics["families"][finished.recommended], "out of fold"
    return finished.evaluation["families"][finished.recommended], "on sealed runs"


def _accuracy(finished: Finished) -> Iterator[Goal]:
    scores, where = scores_of(finished)
    errors = [score["rmse_over_noise_floor"] for score in scores.values() if "rmse_over_noise_floor" in score]
    known = [each for each in errors if numbers.is_known(each["value"])]
    if not known:
        return
    yield Goal(
        "Its error is hardly more than what parameters leave open",
        f"root mean square at most {NOISE**0.5:.2f} of the scatter between realisations "
        f"(mean square {NOISE:.2f})",
        f"{numbers.span([each['value'] for each in known])} {where}, with standard errors up to "
        f"{numbers.number(max(each['standard_error'] or 0.0 for each in known), 2)}",
        together([at_most(each, NOISE**0.5) for each in known]),
        "emulated",
    )


def bands_of(finished: Finished) -> Mapping[str, Any]:
    """How many coverages of the recommended family, as it predicts, are outside their bands, by kind of coverage."""
    if finished.evaluation is None:
        return finished.metrics["bands"][finished.recommended]["raw_out_of_fold"]
    return finished.evaluation["bands"][finished.recommended]["raw"]


def joint_region(finished: Finished) -> Mapping[str, Any]:
    """What its joint regions hold."""
    source = finished.metrics if finished.evaluation is None else finished.evaluation
    return source["whole_runs"][finished.recommended][region_name(finished.level)]


def _calibration(finished: Finished) -> Iterator[Goal]:
    level, points = f"{100 * finished.level:g} %", f"{100 * MARGIN:g}"
    scores, where = scores_of(finished)
    bands, region = bands_of(finished), joint_region(finished)
    held = [score[coverage_name(finished.level)] for score in scores.values()]
    if "central" in bands:
        yield Goal(
            f"Intervals of {level} hold {level}",
            "at all levels no more coverages of intervals outside their 95 % bands than perfect ones have, "
            f"and every output's surely within {points} points of {level}",
            f"{_reach(held)} {where}; outside: {numbers.counted(bands['central'])}",
            within(bands["central"], near(held, finished.level, MARGIN)),
            "calibrated",
        )
    if "one_sided" in bands:
        tails = [
            score[tail_name(side, finished.level)] for score in scores.values() for side in ("below", "above")
        ]
        tail = (1.0 - finished.level) / 2.0
        yield Goal(
            "Each tail holds what it should",
            "the same of shares below and above intervals, "
            f"each surely within {50 * MARGIN:g} points of {100 * tail:g} %",
            f"{_reach(tails)} {where}; outside: {numbers.counted(bands['one_sided'])}",
            within(bands["one_sided"], near(tails, tail, MARGIN / 2.0)),
            "calibrated",
        )
    if "region" in bands:
        kept = regions([region], finished.level, MARGIN)
        yield Goal(
            f"Joint regions of {level} hold {level}",
            f"not shown to be off {level}, surely within {points} points of it, and the same bands of joint regions",
            f"{numbers.percent(region)} {where}; outside: {numbers.counted(bands['region'])}",
            together([kept, within(bands["region"], is_near=True)]),
            "calibrated",
        )


def _reach(entries: Sequence[numbers.Entry]) -> str:
    """The range of shares, and the largest standard error of one."""
    errors = [each["standard_error"] for each in entries if numbers.is_known(each.get("standard_error"))]
    told = f", with standard errors up to {numbers.number(100 * max(errors), 1)}" if errors else ""
    return f"{numbers.span([each['value'] for each in entries], 1, 100.0)} %{told},"


def posterior_family(finished: Finished) -> str | None:
    """Whose posteriors are told of first: those of the recommended family where they were judged."""
    judged = finished.metrics.get("posteriors", {})
    return finished.recommended if finished.recommended in judged else next(iter(sorted(judged)), None)


def posterior_coverages(finished: Finished, family: str) -> dict[str, Mapping[str, Any]]:
    """What its regions of 90 % hold, with the joint likelihood, widened: of new runs, and of sealed ones if opened."""
    judged = finished.metrics["posteriors"][family]["joint"]["widened"]["observation"]
    found = {"of new simulated runs": judged["coverage"]["90"]}
    if finished.evaluation is not None:
        found["of the sealed ones"] = finished.evaluation["posteriors"][family]["coverage"]["90"]
    return found


def _posteriors(finished: Finished) -> Iterator[Goal]:
    family = posterior_family(finished)
    if family is None:
        return
    found = posterior_coverages(finished, family)
    yield Goal(
        "Posterior regions of 90 % hold 90 % of the true parameters",
        f"not shown to be off 90 %, and surely within {100 * MARGIN:g} points of it",
        f"{numbers.listed([f'{numbers.percent(each)} {of}' for of, each in found.items()])}, "
        f"by {in_a_sentence(family)}",
        regions(list(found.values()), 0.90, MARGIN),
        "useful",
    )
