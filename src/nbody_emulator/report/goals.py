"""What was aimed at, beside what was measured: each claim of the report with its target and a verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import FAMILIES, in_a_sentence, reference
from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.evaluation.whole_runs import region_name
from nbody_emulator.report import numbers
from nbody_emulator.report.finished import Finished

NOISE = 1.10
"""Largest mean squared error in units of the noise: 10 % above what the parameters leave open."""

STEP_SHIFT = 0.2
"""Largest mean shift of an output at half the step, in the scatter between realisations."""

ERRORS = 2.0
"""Standard errors within which a number is taken for its target."""


class Verdict(Enum):
    """What becomes of a goal."""

    MET = "met"
    MISSED = "missed"
    OPEN = "not decided"


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


def at_most(value: float, error: float, target: float) -> Verdict:
    """Whether a number is surely at most its target, surely more, or neither."""
    if value + ERRORS * error <= target:
        return Verdict.MET
    return Verdict.MISSED if value - ERRORS * error > target else Verdict.OPEN


def together(verdicts: list[Verdict]) -> Verdict:
    """Of several numbers with one target: missed if one misses it."""
    for verdict in (Verdict.MISSED, Verdict.OPEN):
        if verdict in verdicts:
            return verdict
    return Verdict.MET


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
    known = [each for each in shifts if numbers.is_known(each["standard_error"])]
    if known:
        yield Goal(
            "Outputs do not depend on the step",
            f"mean shift at half the step below {STEP_SHIFT:g} of the scatter between realisations",
            f"{numbers.span([abs(each['value']) for each in known])}, by output, with standard errors up to "
            f"{numbers.number(max(each['standard_error'] for each in known), 2)}",
            together([at_most(abs(each["value"]), each["standard_error"], STEP_SHIFT) for each in known]),
            "trusted",
        )


def _families(finished: Finished) -> Iterator[Goal]:
    rows = {row["family"]: row for row in finished.comparison}
    line = reference(Reference.LINE, rows)
    if line is not None:
        ahead, error = rows[line]["difference"], rows[line]["difference_standard_error"]
        sealed = _sealed_lead(finished, line)
        yield Goal(
            "Better than a straight line",
            "linear regression lies behind by more than two standard errors",
            f"{numbers.number(ahead)} ± {numbers.number(error)} nats per output behind the best{sealed}",
            _flipped(at_most(ahead, error, 0.0)) if numbers.is_known(ahead) else Verdict.OPEN,
            "emulated",
        )
    network = best_network(finished)
    if network is not None:
        row = rows[network]
        chosen = finished.recommended == network
        yield Goal(
            "A neural network is worth its cost",
            "the recommended family is one",
            f"{in_a_sentence(finished.recommended)} is recommended"
            f"{', which is one' if chosen else f'; {behind(network, row)}'}",
            Verdict.MET if chosen else Verdict.MISSED,
            "emulated",
        )


def behind(family: str, row: Mapping[str, Any]) -> str:
    """How far a family lies behind the best."""
    return (
        f"{in_a_sentence(family)} is {numbers.number(row['difference'])} ± "
        f"{numbers.number(row['difference_standard_error'])} nats per output behind the best"
    )


def best_network(finished: Finished) -> str | None:
    """Of the neural networks that were compared (what is fitted by epochs) the one with the best score."""
    known = [row for row in finished.comparison if row["family"] in FAMILIES.names]
    networks = [row for row in known if FAMILIES.load(row["family"]).is_fitted_by_epochs]
    return min(networks, key=lambda row: row["nll"])["family"] if networks else None


def _sealed_lead(finished: Finished, line: str) -> str:
    if finished.evaluation is None:
        return ""
    lead = finished.evaluation["primary"][line]
    entry = {
        "value": lead["above_recommended"],
        "standard_error": lead["above_recommended_standard_error"],
    }
    return f"; on sealed runs {numbers.estimate(entry)} behind the recommended one"


def _flipped(verdict: Verdict) -> Verdict:
    return {Verdict.MET: Verdict.MISSED, Verdict.MISSED: Verdict.MET}.get(verdict, verdict)


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
        together([at_most(each["value"], each["standard_error"] or 0.0, NOISE**0.5) for each in known]),
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


def side(entry: Mapping[str, Any], level: float) -> int:
    """-1 for a coverage that is smaller than its level by more than its error, 1 for one that is larger, else 0."""
    if not numbers.is_known(entry["value"]) or not numbers.is_known(entry.get("standard_error")):
        return 0
    off = entry["value"] - level
    return 0 if abs(off) <= ERRORS * entry["standard_error"] else (1 if off > 0 else -1)


def within(found: Mapping[str, Any]) -> Verdict:
    """Whether no more coverages are outside their bands than of perfect predictions in 95 % of cases."""
    return Verdict.MET if found["outside"] <= found["at_most"] else Verdict.MISSED


def _calibration(finished: Finished) -> Iterator[Goal]:
    level = f"{100 * finished.level:g} %"
    scores, where = scores_of(finished)
    bands, region = bands_of(finished), joint_region(finished)
    held = [score[coverage_name(finished.level)]["value"] for score in scores.values()]
    if "central" in bands:
        yield Goal(
            f"Intervals of {level} hold {level}",
            "at all levels no more coverages of intervals outside their 95 % bands than perfect ones have",
            f"{numbers.span(held, 1, 100.0)} % {where}; outside: {numbers.counted(bands['central'])}",
            within(bands["central"]),
            "calibrated",
        )
    if "one_sided" in bands:
        yield Goal(
            "Each tail holds what it should",
            "the same of shares below and above intervals",
            f"outside: {numbers.counted(bands['one_sided'])}",
            within(bands["one_sided"]),
            "calibrated",
        )
    if "region" in bands:
        yield Goal(
            f"Joint regions of {level} hold {level}",
            f"within two standard errors of {level}, and the same of joint regions",
            f"{numbers.percent(region)} {where}; outside: {numbers.counted(bands['region'])}",
            Verdict.MISSED if side(region, finished.level) else within(bands["region"]),
            "calibrated",
        )


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
        "within two standard errors of 90 %",
        f"{numbers.listed([f'{numbers.percent(each)} {of}' for of, each in found.items()])}, "
        f"by {in_a_sentence(family)}",
        Verdict.MISSED if any(side(each, 0.90) for each in found.values()) else Verdict.MET,
        "useful",
    )
