"""The verdict in plain sentences, read off the comparison: which family, and what it costs."""

import math
from collections.abc import Mapping

import pandas as pd

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import in_a_sentence, reference

SCORE = "joint negative log likelihood"


def recommendation(comparison: pd.DataFrame, not_scored: Mapping[str, str] | None = None) -> dict:
    """The recommended family, the best, their distance (nats per output), and sentences that say so and what it costs.

    `for_samplers` is the simplest family that ties with the best and has gradients, None if there is none.

    Args:
        comparison: the table of that name, one row a family in order of rank.
        not_scored: outputs that decided nothing, and why; sentences that follow.
    """
    rows = {row.family: row for row in comparison.itertuples()}
    chosen = next(row for row in rows.values() if row.recommended)
    # The best differs from itself by exactly nothing; of exact equals it is the simpler.
    left_out = [f"{output} {reason} and is not scored." for output, reason in (not_scored or {}).items()]
    best = next((row for row in rows.values() if row.difference == 0), chosen)
    smooth = next((row for row in rows.values() if row.tied and row.has_gradients), None)
    return {
        "family": chosen.family,
        "best": best.family,
        "difference": chosen.difference,
        "difference_standard_error": chosen.difference_standard_error,
        "numbers": chosen.numbers,
        "megabytes": chosen.megabytes,
        "for_samplers": smooth.family if smooth else None,
        "sentence": " ".join([_sentence(rows, chosen, best) + ".", _cost(chosen, smooth), *left_out]),
    }


def _cost(chosen, smooth) -> str:
    """What it takes to keep the recommended family, and which one a sampler can use that follows slopes."""
    size = f"{_grouped(chosen.numbers)} numbers in {chosen.megabytes:.2g} MB"
    if chosen.has_gradients:
        return f"It is {size}, and a sampler can follow its gradients."
    if smooth is None:
        return f"It is {size}, and neither it nor any family that ties with it has gradients for a sampler."
    takes = f"a sampler that follows them takes {_words(smooth)}, which ties with the best"
    return f"It is {size} without gradients: {takes}."


def _grouped(count: int) -> str:
    return f"{count:,}"


def _sentence(rows: dict, chosen, best) -> str:
    if not math.isfinite(chosen.nll):
        return (
            f"No family has a score to be compared by, so that {_words(chosen)}, the simplest, is recommended"
        )
    line, runner_up = rows.get(reference(Reference.LINE, rows)), _runner_up(rows, best)
    lead = _lead(runner_up)
    if line is None:
        return _verdict(chosen, best, lead)
    if line is best or line.difference <= line.difference_standard_error:
        return _line_first(chosen, best, line, lead)
    if line is runner_up and chosen is best:
        return _verdict(chosen, best, lead)
    return f"{_verdict(chosen, best, lead)}, while {_words(line)} is {_distance(line)} behind the best"


def _line_first(chosen, best, line, lead: str) -> str:
    name = _opening(line)
    if line is best:
        claim = f"{name} is as good as any family: none has a lower cross-validated {SCORE}{lead}"
    else:
        claim = (
            f"{name} is as good as the best family, {_words(best)}: "
            f"it is {_distance(line)} behind, which is within one standard error"
        )
    if chosen is line:
        return f"{claim}, and no simpler family is, so that it is recommended"
    if chosen is best:
        return f"{claim}; that family, simpler still, is recommended"
    distance = _distance(chosen)
    return f"{claim}, but {_words(chosen)}, simpler still, is {distance} behind the best and is recommended"


def _verdict(chosen, best, lead: str) -> str:
    subject = _opening(chosen)
    if chosen is best:
        return f"{subject} is recommended: its cross-validated {SCORE} is the lowest{lead}"
    return (
        f"{subject} is recommended as the simplest family within one standard error "
        f"of the best, {_words(best)} ({_distance(chosen)} behind it)"
    )


def _runner_up(rows: dict, best):
    """The family next to the best; None if there is no other."""
    others = [row for row in rows.values() if row is not best and row.difference >= 0]
    return min(others, key=lambda row: row.difference, default=None)


def _lead(runner_up) -> str:
    """How far the next family is behind, in brackets; nothing if there is no other."""
    if runner_up is None:
        return ""
    return f" ({_words(runner_up)}, the next, is {_distance(runner_up)} behind)"


def _distance(row) -> str:
    return f"{row.difference:.3f} \u00b1 {row.difference_standard_error:.3f} nats per output"


def _opening(row) -> str:
    """The family's name as a sentence begins with it."""
    name = _words(row)
    return f"{name[0].upper()}{name[1:]}"


def _words(row) -> str:
    return in_a_sentence(row.family)
