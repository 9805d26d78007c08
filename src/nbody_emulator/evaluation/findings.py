"""What a published experiment found, in sentences and in tables of Markdown, from its published numbers."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nbody_emulator.emulators.register import in_a_sentence, label_of
from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.evaluation.whole_runs import region_name

LEVEL = 0.90
"""Of the intervals and regions that the sentences speak of."""

POSTERIOR_LEVELS = (0.50, 0.68, 0.90, 0.95)
"""Of the regions of posteriors."""

POORER = {
    "independent": "where outputs count as independent",
    "scatter_left_out": "where the scatter between realisations is left out",
}
"""Likelihoods that the sentence compares with."""

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
    """

    metrics: Mapping[str, Any]
    evaluation: Mapping[str, Any]
    comparison: pd.DataFrame

    @property
    def recommended(self) -> str:
        return self.metrics["recommended"]["family"]

    @property
    def judges_posteriors(self) -> bool:
        return "posteriors" in self.metrics

    @property
    def compared_posteriors(self) -> str:
        """The family whose posteriors were judged by every likelihood."""
        every = self.metrics["posteriors"]
        return max(sorted(every), key=lambda family: len(every[family]))

    @property
    def bands(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """How many of its coverages are outside their bands: of open runs, and of sealed ones."""
        return self.metrics["bands"][self.recommended], self.evaluation["bands"][self.recommended]

    @property
    def sealed_whole_runs(self) -> Mapping[str, Any]:
        """The recommended family's scores of whole sealed runs."""
        return self.evaluation["whole_runs"][self.recommended]

    @property
    def sealed_scores(self) -> Mapping[str, Any]:
        """The recommended family's scores on the sealed runs, by output."""
        return self.evaluation["families"][self.recommended]


def sentences(published: Published) -> str:
    """The recommendation; the errors of the mean on sealed runs; what intervals, joint regions and posteriors held."""
    recommended = published.metrics["recommended"]["sentence"].partition(". ")[0]
    scores, whole = published.sealed_scores.values(), published.sealed_whole_runs
    errors = [score["rmse_over_noise_floor"]["value"] for score in scores]
    limits = [mean_within(score) for score in scores]
    held = [score[coverage_name(LEVEL)] for score in scores]
    percent = [100 * each["value"] for each in held]
    most = max(100 * each["standard_error"] for each in held)
    runs = published.evaluation["runs"]
    with_outputs = runs["usable"] - min(runs["missing_outputs"].values())
    return (
        f"{recommended}. On the sealed set ({published.evaluation['points']} new design points, {with_outputs} of "
        f"{runs['usable']} runs with outputs) its error is {min(errors):.2f} to {max(errors):.2f} times the scatter "
        f"between realisations of one cluster; what it misses of the mean over realisations is, as a root mean square "
        f"over the box, at most {min(limits):.2f} to {max(limits):.2f} of that scatter (upper 95 % limits, by output). "
        f"Its {LEVEL:.0%} intervals hold {min(percent):.1f} to {max(percent):.1f} % of these runs, each to {most:.1f}, "
        f"its joint regions of {LEVEL:.0%} hold {_estimate(whole[region_name(LEVEL)], 100, 1)} %. "
        f"{posterior_sentence(published)}"
    ).rstrip() + "\n"


def mean_within(score: Mapping[str, Any]) -> float:
    """Upper end of the 95 % interval of the rms distance to the mean over realisations, in their scatter."""
    return math.sqrt(score["mse_mean_response"]["upper"] / score["noise_variance"]["value"])


def tables(published: Published) -> str:
    """Families; the recommended one's outputs, posteriors, bands and shapes; noise, and the error of the step."""
    parts = (
        _families(published),
        _outputs(published),
        *([_posteriors(published)] if published.judges_posteriors else []),
        _bands(published),
        _worth(published),
        _simulations(published),
    )
    return "\n".join("\n".join(part) + "\n" for part in parts)


def posterior_sentence(published: Published) -> str:
    """What regions of posteriors held of open runs, of sealed ones, and with likelihoods that others use; nothing where
    none were judged.
    """
    if not published.judges_posteriors:
        return ""
    family, level = published.compared_posteriors, f"{100 * LEVEL:g}"
    judged = published.metrics["posteriors"][family]
    held = judged["joint"]["widened"]["observation"]["coverage"][level]
    sealed = published.evaluation["posteriors"][family]["coverage"][level]
    others = {
        words: judged[name]["as_fitted"]["observation"]["coverage"][level]
        for name, words in POORER.items()
        if name in judged
    }
    told = "".join(f", {_estimate(each, 100, 1)} % {words}" for words, each in others.items())
    return (
        f"The {LEVEL:.0%} posterior regions of the parameters ({in_a_sentence(family)}) hold "
        f"{_estimate(held, 100, 1)} % of new simulated runs and {_estimate(sealed, 100, 1)} % of the sealed ones{told}."
    )


def posteriors(published: Published) -> str:
    """What regions of posteriors held of simulated runs, in a sentence and in tables of likelihoods and families."""
    parts = (
        f"**{posterior_sentence(published)}**",
        "",
        *_likelihoods(published),
        "",
        *_posteriors(published),
    )
    return "\n".join(parts) + "\n"


def _likelihoods(published: Published) -> Iterator[str]:
    """By likelihood, of one family: what regions hold of new runs, and how likely posteriors find the truth."""
    family = published.compared_posteriors
    yield from _head(
        f"likelihood ({in_a_sentence(family)}, new simulated runs)",
        *(f"{level:.0%} hold [%]" for level in POSTERIOR_LEVELS),
        "p of all levels",
        "log posterior over prior at the truth [nats]",
        "more than the correlated Gaussian's",
    )
    for likelihood, by_variances in published.metrics["posteriors"][family].items():
        for judged in by_variances.values():
            found = judged["observation"]
            factor = found.get("variance_factor")
            name = likelihood.replace("_", " ")
            if factor:
                name += f", variances times {factor['all']['value']:.2f}"
            gain = found.get("information_over_correlated")
            yield _row(
                name,
                *_held(found),
                _p_value(found["hpd_p"]),
                _estimate(found["information"]["all"], 1, 3),
                _estimate(gain["all"], 1, 3) if gain else "",
            )


def _posteriors(published: Published) -> Iterator[str]:
    """By family, with the joint likelihood, widened: of new runs, sealed runs and its own."""
    yield from _head(
        "posteriors by",
        "of",
        *(f"{level:.0%} hold [%]" for level in POSTERIOR_LEVELS),
        "p of all levels",
        "log posterior over prior at the truth [nats]",
        "contraction, medians",
    )
    for family, judged in published.metrics["posteriors"].items():
        of_runs = {
            "new runs": judged["joint"]["widened"]["observation"],
            "sealed runs": published.evaluation["posteriors"][family],
            "runs of its own, not widened": judged["joint"]["as_fitted"]["mock"],
        }
        for runs, found in of_runs.items():
            contraction = [
                f"{name.replace('_', ' ')} {each['value']:.2f}" for name, each in found["contraction"].items()
            ]
            yield _row(
                label_of(family),
                runs,
                *_held(found),
                _p_value(found["hpd_p"]),
                _estimate(found["information"]["all"], 1, 3),
                ", ".join(contraction),
            )


def _held(found: Mapping[str, Any]) -> list[str]:
    return [_estimate(found["coverage"][f"{100 * level:g}"], 100, 1) for level in POSTERIOR_LEVELS]


def _p_value(entry: Mapping[str, Any]) -> str:
    return f"{entry['all']['value']:.2g}"


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
    held = [f"{level:.0%} hold [%]" for level in levels]
    within = "missed of the mean, at most (95 % limit of the rms, in the noise)"
    yield from _head(
        "intervals of sealed runs", "error over the noise", within, *held, "runs without the output"
    )
    missing = published.evaluation["runs"]["missing_outputs"]
    for output, score in published.sealed_scores.items():
        coverage = [_estimate(score[coverage_name(level)], 100, 1) for level in levels]
        error, limit = _estimate(score["rmse_over_noise_floor"], 1, 2), f"{mean_within(score):.2f}"
        yield _row(output, error, limit, *coverage, str(missing[output]))
    whole = published.sealed_whole_runs
    yield _row(
        "all, joint regions", "", "", *(_estimate(whole[region_name(each)], 100, 1) for each in levels), ""
    )


def _bands(published: Published) -> Iterator[str]:
    """How many coverages are outside, open and sealed, beside what perfection has at most in 95 % of cases."""
    open_bands, sealed_bands = published.bands
    titles = [f"{kind.replace('_', '-')}, {where}" for kind in KINDS for where in ("open", "sealed")]
    yield from _head("outside their bands (perfection: at most, in 95 % of cases)", *titles)
    for treatment in sorted({*open_bands, *sealed_bands}):
        found = [bands.get(treatment, {}) for bands in (open_bands, sealed_bands)]
        cells = [_counted(kinds[kind]) if kind in kinds else "" for kind in KINDS for kinds in found]
        yield _row(treatment.replace("_", " ").replace("cv plus", "CV+").replace("hpd", "HPD"), *cells)


def _counted(count: Mapping[str, Any]) -> str:
    return f"{count['outside']} of {count['looks']} ({count['at_most']:.0f})"


def _worth(published: Published) -> Iterator[str]:
    """What the shapes and correlations of every family's predictions are worth, open and sealed."""
    yield from _head(
        "worth over independent normals of the same means and widths",
        "out of fold [nats per output]",
        "sealed",
    )
    rows: Iterable[Any] = published.comparison.itertuples()
    for row in rows:
        open_runs, sealed = (
            each["whole_runs"][row.family][GAIN] for each in (published.metrics, published.evaluation)
        )
        yield _row(label_of(row.family), _estimate(open_runs, 1, 3), _estimate(sealed, 1, 3))


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
    return f"{round(value, digits) + 0.0:.{digits}f} ± {standard_error:.{digits}f}"  # + 0.0: no minus before a zero
