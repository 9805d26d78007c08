"""What the smaller published experiments found: what could be predicted at all, and what was; in tables of Markdown."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nbody_emulator.emulators.register import in_a_sentence, label_of
from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.evaluation.published_numbers import LEVEL, Published, estimate, head, line, share_of_chaos
from nbody_emulator.evaluation.recommendation_told import recommendation

LEVELS = (0.68, LEVEL, 0.95)
CONFORMAL = "split_conformal"
WHOLE = "all"
OPEN_SETS = ("training", "calibration", "noise")
"""Roles of runs that are each of a design point or a draw of their own."""


def course(published: Published) -> str:
    """The answer; what could be explained and was; intervals; what more runs bring; what the step took."""
    parts = (
        _answer(published),
        _explained(published),
        _intervals(published),
        _learning(published),
        _attempts(published),
    )
    return "\n".join("\n".join(part) + "\n" for part in parts)


def mergers(published: Published) -> str:
    """The answer; what could be explained and was; intervals; what differs between clusters that are born alike."""
    parts = (_answer(published), _explained(published), _intervals(published), _noise(published))
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _answer(published: Published) -> Iterator[str]:
    """Which family is recommended, and how much of the variance it explains, of how much that the parameters can."""
    told = recommendation(published.comparison.to_dict("records"), published.metrics["recommended"])
    scores = published.metrics["families"][published.recommended]
    shares = ", ".join(
        f"{estimate(score['r2'], 100, 0)} of {estimate(_limit(published, output), 100, 0)} for {output}"
        for output, score in scores.items()
    )
    yield (
        f"**{told}** Out of fold the recommended family explains, of the per cent of the variance that the parameters "
        f"can, {shares}."
    )


def _limit(published: Published, output: str) -> dict[str, float]:
    """What the parameters can explain of an output's variance: all but the noise; below 0 where that is nothing."""
    share = published.metrics["noise"][output]["share"]
    return {"value": 1.0 - share["value"], "standard_error": share["standard_error"]}


def _explained(published: Published) -> Iterator[str]:
    """Shares of the variance of each transformed output."""
    families = list(published.comparison["family"])
    yield from head(
        "share of the variance (R²)",
        "all that the parameters can explain",
        *(label_of(family) for family in families),
        f"{in_a_sentence(published.recommended)}, sealed runs",
    )
    for output, sealed in published.sealed_scores.items():
        yield line(
            output,
            estimate(_limit(published, output), 1, 2),
            *(estimate(published.metrics["families"][family][output]["r2"], 1, 2) for family in families),
            estimate(sealed["r2"], 1, 2),
        )


def _intervals(published: Published) -> Iterator[str]:
    """What intervals of the recommended family held of runs that no fit has seen."""
    yield from head(
        f"intervals ({in_a_sentence(published.recommended)})",
        *(f"{level:.0%} hold [%], out of fold" for level in LEVELS),
        *(f"{level:.0%}, sealed" for level in LEVELS),
        f"conformal {LEVEL:.0%}, sealed",
    )
    judged = published.metrics["calibration"][published.recommended]
    for output, sealed in published.sealed_scores.items():
        names = [coverage_name(level) for level in LEVELS]
        yield line(
            output,
            *(estimate(judged[output]["raw_out_of_fold"][name], 100, 0) for name in names),
            *(estimate(sealed[name], 100, 0) for name in names),
            estimate(sealed[f"{CONFORMAL}_{coverage_name(LEVEL)}"], 100, 0),
        )


def _learning(published: Published) -> Iterator[str]:
    """The mean joint score over training sets of one size."""
    curves = published.tables["learning_curve"]
    scores = curves[curves["output"] == WHOLE].groupby(["family", "training_runs"])["nll"].mean()
    sizes = sorted(scores.index.unique("training_runs"))
    yield from head("score of whole runs, lower is better", *(f"{size:.0f} training runs" for size in sizes))
    for family in published.comparison["family"]:
        yield line(label_of(family), *(f"{scores[family, size]:.2f}" for size in sizes))


def _attempts(published: Published) -> Iterator[str]:
    """How often the step had to be halved until the energy held."""
    runs = published.tables["energy"]
    runs = runs[runs["role"].isin(OPEN_SETS)]
    yield from head(
        "step halved", "step in crossing times", "runs", "of these within the goal", "largest energy error"
    )
    by_halvings: Any = runs.groupby("halvings")
    for halvings, kept in by_halvings:
        errors = kept["energy_error"]
        yield line(
            f"{halvings} times",
            f"{kept['step_fraction'].iloc[0]:.6g}",
            str(len(kept)),
            str(int(np.sum(errors <= kept["energy_tolerance"]))),
            f"{errors.max():.1e}",
        )


def _noise(published: Published) -> Iterator[str]:
    """What differs between clusters of the same parameters, and how much of it nothing predicts."""
    yield from head(
        "output",
        "noise between realisations, share of the variance [%]",
        "of the noise, chaos [%] (95 % interval)",
    )
    for output, noise in published.metrics["noise"].items():
        yield line(output, estimate(noise["share"], 100, 0), share_of_chaos(noise))
