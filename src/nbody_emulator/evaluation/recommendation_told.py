"""Which family is recommended, and who scores better than whom by how much, in short sentences."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import in_a_sentence, reference

NAT = "one nat better: what came out was held 2.7 times as probable"


def recommendation(comparison: Iterable[Mapping[Any, Any]], recommended: Mapping[str, Any]) -> str:
    """The recommended family beside the best, or the next, and the straight line.

    Args:
        comparison: rows of the table of that name.
        recommended: what the metrics have under this name.
    """
    rows = {str(row["family"]): row for row in comparison}
    return " ".join(_sentences(rows, recommended["family"], recommended["best"]))


def _sentences(rows: Mapping[str, Mapping[str, Any]], chosen: str, best: str) -> Iterator[str]:
    line, told = reference(Reference.LINE, rows), {chosen, best}
    others = [family for family in rows if family != best]
    if chosen != best:
        yield (
            f"Of {len(rows)} families {in_a_sentence(chosen)} is recommended: it is the simplest whose score lies "
            "within one standard error of the best score."
        )
        yield f"The best is {in_a_sentence(best)}, which scores {_distance(rows[chosen])} better ({NAT})."
    else:
        yield f"Of {len(rows)} families {in_a_sentence(chosen)} is recommended, which scores best."
        if others:
            runner_up = min(others, key=lambda family: rows[family]["difference"])
            told.add(runner_up)
            yield (
                f"It scores {_distance(rows[runner_up])} better ({NAT}) than the next, {in_a_sentence(runner_up)}."
            )
    if line is not None and line not in told:
        words = in_a_sentence(line)
        yield f"{words[0].upper()}{words[1:]} scores {_distance(rows[line])} worse than the best."


def _distance(row: Mapping[str, Any]) -> str:
    """How far a family's score lies from the best."""
    value = round(row["difference"], 3) + 0.0  # no minus before a zero
    return f"{value:.3f} ± {row['difference_standard_error']:.3f} nats per output"
