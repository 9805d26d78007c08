"""How often the test set of a published experiment was looked at, in a line of Markdown, from its ledger."""

from nbody_emulator.evaluation.published_numbers import Published

CARRIED = "carried_from"
"""In a line of the ledger: the evaluation that models which answer the same took over, without another look."""


def looks(published: Published) -> str:
    """One item of a list: openings by stream, and evaluations carried over."""
    opened = [line["stream"] for line in published.openings if CARRIED not in line]
    carried = len(published.openings) - len(opened)
    streams = [f"{stream} stream {_times(opened.count(stream))}" for stream in dict.fromkeys(opened)]
    over = f"; evaluations carried over: {carried}" if carried else ""
    return f"- `{published.metrics['experiment']}`: {', '.join(streams)}{over}.\n"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
