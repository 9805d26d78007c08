"""What a person is told when a run ended well: what was found, where it lies, what to type next."""

import json
from collections.abc import Callable, Collection
from pathlib import Path

Say = Callable[[str], None]

RESULTS_RULE, EVALUATION_RULE = "export", "export_evaluation"


def tell_what_was_found(experiment: str, ran: Collection[str], say: Say) -> None:
    """Say it of the results and of the evaluation, if the rule that shows them is among those that ran."""
    if RESULTS_RULE in ran:
        _tell_results(experiment, say)
    if EVALUATION_RULE in ran:
        _tell_evaluation(experiment, say)


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
    say(
        f"scores: {folder}; commit results/published/{experiment}/test_set_ledger.jsonl, which keeps this opening"
    )


def _sortable(value: float | None) -> float:
    return float("inf") if value is None else value


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"
