"""What a published experiment found, in three sentences and in tables of Markdown, from its published numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nbody_emulator.emulators.register import label_of
from nbody_emulator.evaluation.losses import coverage_name

LEVEL = 0.90
"""Of the intervals and regions that the sentences speak of."""


@dataclass(frozen=True)
class Published:
    """The numbers of one published experiment.

    Attributes:
        metrics: metrics.json.
        evaluation: evaluation.json.
        comparison: tables/comparison.csv.
        posteriors: likelihood.json: what posteriors from each likelihood held.
    """

    metrics: Mapping[str, Any]
    evaluation: Mapping[str, Any]
    comparison: pd.DataFrame
    posteriors: Mapping[str, Any]

    @property
    def recommended(self) -> str:
        return self.metrics["recommended"]["family"]

    @property
    def sealed_scores(self) -> Mapping[str, Any]:
        """The recommended family's scores on the sealed runs, by output."""
        return self.evaluation["families"][self.recommended]


def sentences(published: Published) -> str:
    """The recommendation, the error on sealed runs beside the noise, and what intervals and posteriors held."""
    scores = published.sealed_scores.values()
    errors = [score["rmse_over_noise_floor"]["value"] for score in scores]
    held = [100 * score[coverage_name(LEVEL)]["value"] for score in scores]
    runs = published.evaluation["runs"]["usable"]
    return (
        f"{published.metrics['recommended']['sentence']} On {runs} sealed runs it errs by {min(errors):.2f} to "
        f"{max(errors):.2f} times the scatter between realisations of one cluster, and its {LEVEL:.0%} intervals "
        f"hold {min(held):.0f} to {max(held):.0f} % of them. {published.posteriors['sentence']}\n"
    )


def tables(published: Published) -> str:
    """Families side by side; outputs of the recommended one on sealed runs; noise, and the step's error."""
    parts = (_families(published), _outputs(published), _simulations(published))
    return "\n".join("\n".join(part) + "\n" for part in parts)


def posteriors(published: Published) -> str:
    """What regions of posteriors held of simulated runs, in a sentence and a table of likelihoods."""
    shares = published.posteriors["held"]
    levels = next(iter(shares.values()))
    head = _head("likelihood", *(f"{float(level):.0%} regions hold [%]" for level in levels))
    rows = (
        _row(name.replace("_", " "), *(_estimate(held[level], 100, 1) for level in levels))
        for name, held in shares.items()
    )
    return "\n".join((f"**{published.posteriors['sentence']}**", "", *head, *rows)) + "\n"


def _families(published: Published) -> Iterator[str]:
    title = "nats per output behind the best in cross-validation"
    yield from _head("family", "cross-validated score", title, "behind the recommended one on sealed runs")
    rows: Iterable[Any] = published.comparison.itertuples()
    for row in rows:
        sealed = published.evaluation["primary"][row.family]
        chosen = " (recommended)" if row.recommended else ""
        yield _row(
            f"{label_of(row.family)}{chosen}",
            _number(row.nll, row.nll_standard_error),
            _number(row.difference, row.difference_standard_error),
            _number(sealed["above_recommended"], sealed["above_recommended_standard_error"]),
        )


def _outputs(published: Published) -> Iterator[str]:
    levels = (0.68, LEVEL, 0.95)
    held = [f"{level:.0%} intervals hold [%]" for level in levels]
    yield from _head("output, sealed runs", "error over the noise", *held, "runs without it")
    missing = published.evaluation["runs"]["missing_outputs"]
    for output, score in published.sealed_scores.items():
        coverage = [_estimate(score[coverage_name(level)], 100, 1) for level in levels]
        yield _row(output, _estimate(score["rmse_over_noise_floor"], 1, 2), *coverage, str(missing[output]))


def _simulations(published: Published) -> Iterator[str]:
    title = "noise between realisations, share of the variance over the design [%]"
    yield from _head("output", title, "mean shift at half the step, in that noise", "single runs, rms")
    for output, noise in published.metrics["noise"].items():
        shift = published.metrics["half_step"][output]
        yield _row(
            output,
            _estimate(noise["share"], 100, 0),
            _estimate(shift["mean_shift"], 1, 2),
            f"{shift['rms_shift']:.2f}",
        )


def _head(*titles: str) -> Iterable[str]:
    return _row(*titles), _row(*["---"] * len(titles))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _estimate(entry: Mapping[str, float], scale: float, digits: int) -> str:
    return _number(scale * entry["value"], scale * entry["standard_error"], digits)


def _number(value: float, standard_error: float, digits: int = 3) -> str:
    return f"{value:.{digits}f} ± {standard_error:.{digits}f}"
