"""What a published experiment found, in sentences and in tables of Markdown, from its published numbers."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nbody_emulator.emulators.register import label_of
from nbody_emulator.evaluation.losses import coverage_name

LEVEL = 0.90
"""Of the intervals and regions that the sentences speak of."""

GAIN = "gain_over_normals"

KINDS = ("central", "one_sided", "region")
"""Of coverages: of intervals, of what is below and above them, of joint regions."""


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
    def bands(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """How many of its coverages are outside their bands: of open runs, and of sealed ones."""
        return self.metrics["bands"][self.recommended], self.evaluation["bands"][self.recommended]

    @property
    def sealed_scores(self) -> Mapping[str, Any]:
        """The recommended family's scores on the sealed runs, by output."""
        return self.evaluation["families"][self.recommended]


def sentences(published: Published) -> str:
    """The recommendation; errors of the mean and of the bars, on open and on sealed runs; what posteriors held."""
    scores = published.sealed_scores.values()
    errors = [score["rmse_over_noise_floor"]["value"] for score in scores]
    limits = [mean_within(score) for score in scores]
    held = [100 * score[coverage_name(LEVEL)]["value"] for score in scores]
    runs = published.evaluation["runs"]["usable"]
    open_bands, sealed_bands = published.bands
    gains = (
        each["whole_runs"][published.recommended][GAIN] for each in (published.metrics, published.evaluation)
    )
    gained, gained_sealed = (_number(each["value"], each["standard_error"], 3) for each in gains)
    return (
        f"{published.metrics['recommended']['sentence']} On {runs} sealed runs it errs by {min(errors):.2f} to "
        f"{max(errors):.2f} times the scatter between realisations of one cluster: its means lie within "
        f"{min(limits):.2f} to {max(limits):.2f} of that scatter of the true ones (95 % limits, by output). Its "
        f"{LEVEL:.0%} intervals hold {min(held):.0f} to {max(held):.0f} % of them. Of its coverages of intervals "
        f"and of what lies beyond either end, {_outside(open_bands['raw_out_of_fold'])} are outside their bands out of "
        f"fold, {_outside(sealed_bands['raw'])} on sealed points, and {_outside(sealed_bands['recalibrated'])} there "
        f"once recalibrated. Shapes and correlations of its error bars are worth {gained} nats per output out of fold, "
        f"and {gained_sealed} on sealed runs, over independent normals as wide. {published.posteriors['sentence']}\n"
    )


def mean_within(score: Mapping[str, Any]) -> float:
    """Upper end of the 95 % interval of the rms distance to the mean over realisations, in their scatter."""
    return math.sqrt(score["mse_mean_response"]["upper"] / score["noise_variance"]["value"])


def tables(published: Published) -> str:
    """The sentences; families; the recommended one's outputs and bands; noise, and the error of the step."""
    parts = (_families(published), _outputs(published), _bands(published), _simulations(published))
    return "\n".join((sentences(published), *("\n".join(part) + "\n" for part in parts)))


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
    within = "mean within (95 % limit, in the noise)"
    yield from _head("output, sealed runs", "error over the noise", within, *held, "runs without it")
    missing = published.evaluation["runs"]["missing_outputs"]
    for output, score in published.sealed_scores.items():
        coverage = [_estimate(score[coverage_name(level)], 100, 1) for level in levels]
        error, limit = _estimate(score["rmse_over_noise_floor"], 1, 2), f"{mean_within(score):.2f}"
        yield _row(output, error, limit, *coverage, str(missing[output]))


def _bands(published: Published) -> Iterator[str]:
    yield from _head("outside their 95 % bands", *(f"{kind.replace('_', '-')} coverages" for kind in KINDS))
    for where, treatments in zip(("open", "sealed"), published.bands, strict=True):
        for treatment, kinds in treatments.items():
            cells = (_counted(kinds[kind]) if kind in kinds else "" for kind in KINDS)
            yield _row(f"{treatment.replace('_', ' ')}, {where}", *cells)


def _counted(count: Mapping[str, Any]) -> str:
    return f"{count['outside']} of {count['looks']} (perfection: at most {count['at_most']:.0f} in 95 % of cases)"


def _outside(kinds: Mapping[str, Any]) -> str:
    """How many, of both kinds of one output's coverages."""
    central, one_sided = kinds["central"], kinds["one_sided"]
    return f"{central['outside']} of {central['looks']} and {one_sided['outside']} of {one_sided['looks']}"


def _simulations(published: Published) -> Iterator[str]:
    title = "noise between realisations, share of the variance over the design [%]"
    chaos = "of the noise, chaos [%] (95 % interval)"
    yield from _head("output", title, chaos, "mean shift at half the step, in that noise", "single runs, rms")
    for output, noise in published.metrics["noise"].items():
        shift = published.metrics["half_step"][output]
        share = noise["parts"]["chaos"]["share"]
        yield _row(
            output,
            _estimate(noise["share"], 100, 0),
            f"{100 * share['value']:.0f} ({100 * share['lower']:.0f} to {100 * share['upper']:.0f})",
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
