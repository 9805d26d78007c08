"""What a person is told when a run ends.

Well: what was found, where it lies, what to type next. Badly: what may be behind it, below what its jobs and Snakemake
said.
"""

import json
import shutil
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from nbody_emulator.store.repair import RESULTS, check_read

Say = Callable[[str], None]

RESULTS_RULE, EVALUATION_RULE = "export", "export_evaluation"

LITTLE_SPACE = 100e6
"""Bytes; a failed job has removed what it had written, so a full disk does not look quite full afterwards."""


def tell_what_was_found(experiment: str, ran: Collection[str], say: Say) -> None:
    """Say it of the results and of the evaluation, if the rule that shows them is among those that ran."""
    if RESULTS_RULE in ran:
        _tell_results(experiment, say)
    if EVALUATION_RULE in ran:
        _tell_evaluation(experiment, say)


def tell_of_failure(root: Path, read: Iterable[str], say: Say) -> None:
    """Say what may be behind it, and that nothing is lost; `read` are the files that failed jobs read."""
    check_read(root, read, say)
    free = shutil.disk_usage(root / RESULTS).free
    if free < LITTLE_SPACE:
        say(f"the disk is full or nearly so: {free / 1e6:.1f} MB are free for {RESULTS}")
    say("what was finished is kept; the same command goes on from there")


def _tell_results(experiment: str, say: Say) -> None:
    folder = Path("results") / experiment
    metrics = json.loads((folder / "metrics.json").read_text())
    say(f"{experiment}: {metrics['recommended']['sentence']}")
    runs = metrics["runs"]
    if runs["unusable"]:
        say(f"{runs['unusable']} of {runs['total']} runs are no data; tables/energy.csv says why")
    say(f"figures: {folder}/figures, every number: {folder}/metrics.json, every run: {folder}/runs.csv")
    say(
        f"next: make report EXPERIMENT={experiment} (one page of it all), make evaluate EXPERIMENT={experiment}"
    )


def _tell_evaluation(experiment: str, say: Say) -> None:
    folder = Path("results") / experiment / "evaluation"
    evaluation = json.loads((folder / "evaluation.json").read_text())
    say(f"{experiment}: {evaluation['recommended']['sentence']}")
    for family, score in sorted(evaluation["primary"].items(), key=lambda item: _sortable(item[1]["value"])):
        say(f"    {family}: {_number(score['value'])} ± {_number(score['standard_error'])} nats per output")
    say(f"figure: {folder}/sealed_test.svg, scores: {folder}")
    say(f"commit results/published/{experiment}/test_set_ledger.jsonl, which keeps this opening")


def _sortable(value: float | None) -> float:
    return float("inf") if value is None else value


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"
