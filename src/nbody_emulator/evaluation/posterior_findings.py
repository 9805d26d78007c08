"""What posteriors of a published experiment were found to hold, in a sentence and in tables of Markdown."""

from collections.abc import Iterator, Mapping
from typing import Any

from nbody_emulator.emulators.register import in_a_sentence, label_of
from nbody_emulator.evaluation.published_numbers import LEVEL, Published, estimate, head, line
from nbody_emulator.posterior_standards import REGION_LEVELS

POORER = {
    "independent": "where outputs count as independent",
    "scatter_left_out": "where the scatter between realisations is left out",
}
"""Likelihoods that the sentence compares with."""

HOPELESS = -10.0
"""Nats below which posteriors are so wrong that a few runs decide the mean: it has no error to be told with."""


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
    told = "".join(f", {estimate(each, 100, 1)} % {words}" for words, each in others.items())
    return (
        f"The {LEVEL:.0%} posterior regions of the parameters ({in_a_sentence(family)}) hold "
        f"{estimate(held, 100, 1)} % of new simulated runs and {estimate(sealed, 100, 1)} % of the sealed ones{told}."
    )


def posterior_verdict(published: Published) -> str:
    """What regions of posteriors held of new and of sealed runs; nothing where none were judged.

    Whether that is what they promise is told by the numbers: a word for it would change with a machine's last bits.
    """
    if not published.judges_posteriors:
        return ""
    family, level = published.compared_posteriors, f"{100 * LEVEL:g}"
    held = published.metrics["posteriors"][family]["joint"]["widened"]["observation"]["coverage"][level]
    sealed = published.evaluation["posteriors"][family]["coverage"][level]
    return (
        f"The {LEVEL:.0%} posterior regions of the parameters ({in_a_sentence(family)}) hold "
        f"{estimate(held, 100, 1)} % of new simulated runs and {estimate(sealed, 100, 1)} % of the sealed ones."
    )


def posteriors(published: Published) -> str:
    """What regions of posteriors held of simulated runs, in a sentence and in tables of likelihoods and families."""
    parts = (
        f"**{posterior_sentence(published)}**",
        "",
        *_likelihoods(published),
        "",
        *by_family(published),
    )
    return "\n".join(parts) + "\n"


def _likelihoods(published: Published) -> Iterator[str]:
    """By likelihood, of one family: what regions hold of new runs, and how likely posteriors find the truth."""
    family = published.compared_posteriors
    yield from head(
        f"likelihood ({in_a_sentence(family)}, new simulated runs)",
        *(f"{level:.0%} hold [%]" for level in REGION_LEVELS),
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
            yield line(
                name,
                *_held(found),
                _p_value(found["hpd_p"]),
                _nats(found["information"]["all"]),
                _nats(gain["all"]) if gain else "",
            )


def by_family(published: Published) -> Iterator[str]:
    """By family, with the joint likelihood, widened: of new runs, sealed runs and its own."""
    yield from head(
        "posteriors by",
        "of",
        *(f"{level:.0%} hold [%]" for level in REGION_LEVELS),
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
            yield line(
                label_of(family),
                runs,
                *_held(found),
                _p_value(found["hpd_p"]),
                _nats(found["information"]["all"]),
                ", ".join(contraction),
            )


def _held(found: Mapping[str, Any]) -> list[str]:
    return [estimate(found["coverage"][f"{100 * level:g}"], 100, 1) for level in REGION_LEVELS]


def _nats(entry: Mapping[str, float]) -> str:
    return f"below {HOPELESS:g}" if entry["value"] < HOPELESS else estimate(entry, 1, 3)


def _p_value(entry: Mapping[str, Any]) -> str:
    return f"{entry['all']['value']:.2g}"
