"""The verdict in one plain sentence, read off the comparison."""

import pandas as pd

LINE = "linear"
SCORE = "negative log likelihood"
NAMES = {
    "mean": "the training mean",
    "linear": "linear regression",
    "neighbours": "nearest neighbours",
    "gaussian_process": "the Gaussian process",
    "forest": "the random forest",
    "network": "the network ensemble",
}


def recommendation(comparison: pd.DataFrame) -> dict:
    """The recommended family, the best, their distance (nats per output), and a sentence that says so.

    Args:
        comparison: the table of that name, one row a family in order of rank.
    """
    rows = {row.family: row for row in comparison.itertuples()}
    chosen = next(row for row in rows.values() if row.recommended)
    # The best differs from itself by exactly nothing; of exact equals it is the simpler.
    best = next((row for row in rows.values() if row.difference == 0), chosen)
    return {
        "family": chosen.family,
        "best": best.family,
        "difference": chosen.difference,
        "difference_standard_error": chosen.difference_standard_error,
        "sentence": _sentence(rows, chosen, best) + ".",
    }


def family_in_words(family: str) -> str:
    """A family's name as it stands inside a sentence."""
    return NAMES.get(family, "the " + family.replace("_", " "))


def _sentence(rows: dict, chosen, best) -> str:
    line = rows.get(LINE)
    lead = _lead(rows, best)
    if line is None:
        return _verdict(chosen, best, lead)
    if line is best or line.difference <= line.difference_standard_error:
        return _line_first(chosen, best, line, lead)
    if "linear regression" in lead and chosen is best:
        return _verdict(chosen, best, lead)
    return f"{_verdict(chosen, best, lead)}, while linear regression is {_distance(line)} behind the best"


def _line_first(chosen, best, line, lead: str) -> str:
    if line is best:
        claim = f"Linear regression is as good as any family: none has a lower cross-validated {SCORE}{lead}"
    else:
        claim = (
            f"Linear regression is as good as the best family, {_words(best)}: "
            f"it is {_distance(line)} behind, which is within one standard error"
        )
    if chosen is line:
        return f"{claim}, and no simpler family is, so that it is recommended"
    distance = _distance(chosen)
    return f"{claim}, but {_words(chosen)}, simpler still, is {distance} behind the best and is recommended"


def _verdict(chosen, best, lead: str) -> str:
    name = _words(chosen)
    subject = f"{name[0].upper()}{name[1:]}"
    if chosen is best:
        return f"{subject} is recommended: its cross-validated {SCORE} is the lowest{lead}"
    return (
        f"{subject} is recommended as the simplest family within one standard error "
        f"of the best, {_words(best)} ({_distance(chosen)} behind it)"
    )


def _lead(rows: dict, best) -> str:
    """How far the next family is behind, in brackets; nothing if there is no other."""
    others = [row for row in rows.values() if row is not best and row.difference >= 0]
    if not others:
        return ""
    next_best = min(others, key=lambda row: row.difference)
    return f" ({_words(next_best)}, the next, is {_distance(next_best)} behind)"


def _distance(row) -> str:
    return f"{row.difference:.3f} \u00b1 {row.difference_standard_error:.3f} nats per output"


def _words(row) -> str:
    return family_in_words(row.family)
