"""What a published experiment found of its observables, and of its models: sentences and tables of Markdown."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from nbody_emulator.emulators.register import in_a_sentence
from nbody_emulator.evaluation.posterior_metrics import WHOLE
from nbody_emulator.evaluation.published_numbers import LEVEL, Published, estimate, head, line

Entries = Mapping[str, Mapping[str, Any]]
"""Rows of a table by a name."""


def information(published: Published) -> str:
    """Which observation tells most, by choice of outputs, as real runs have it and as slopes had forecast."""
    table = published.tables["information"]
    table = table[table["stratum"] == WHOLE]
    told, forecast, p_values = (
        _entries(table, name, "observed") for name in ("information", "forecast_information", "hpd_p")
    )
    held = _entries(table[table["level"] == LEVEL], "coverage", "observed")
    parameters = [name for name in dict.fromkeys(table["parameter"]) if name != WHOLE]
    least, most = (choose(held, key=lambda name: held[name]["value"]) for choose in (min, max))
    sentence = (
        f"**Regions of {LEVEL:.0%} by {in_a_sentence(str(table['family'].iloc[0]))} hold "
        f"{estimate(held[least], 100, 1)} % of new simulated runs where {_words(least)} was observed, and "
        f"{estimate(held[most], 100, 1)} % where {_words(most)} was; other choices lie between.**"
    )
    rows = [
        line(
            _words(name),
            estimate(told[name], 1, 3),
            f"{forecast[name]['value']:.2f}",
            estimate(held[name], 100, 1),
            f"{p_values[name]['value']:.2g}",
            *(_contraction(table, name, parameter) for parameter in parameters),
        )
        for name in told
    ]
    titles = (
        "observed",
        "information [nats]",
        "forecast",
        f"{LEVEL:.0%} hold [%]",
        "p of all levels",
        *(f"contraction, {_words(name)} (forecast)" for name in parameters),
    )
    return "\n".join([sentence, "", *head(*titles), *rows]) + "\n"


def odds(published: Published) -> str:
    """How often the right model wins, against what its odds state, and what the odds are worth."""
    table = published.tables["odds"]
    of_all_models = table[table["model"] == WHOLE]
    right, stated, score = (
        _entries(of_all_models, name, "truth") for name in ("right", "stated", "log_score")
    )
    of_all_truths = table[table["truth"] == WHOLE]
    shares, p_values = (_entries(of_all_truths, name, "model") for name in ("probability", "excess_share_p"))
    models = [name for name in right if name != WHOLE]
    guess, certainty = 100 / len(models), math.log(len(models))
    stated_share = f"{100 * stated[WHOLE]['value']:.1f}"
    sentence = (
        f"**Of {right[WHOLE]['count']} simulated clusters of {len(models)} models the right one has the highest "
        f"odds in {estimate(right[WHOLE], 100, 1)} %, where the odds state {stated_share} % and a guess has "
        f"{guess:.1f} %; they are worth {estimate(score[WHOLE], 1, 3)} of the {certainty:.3f} nats of certainty.**"
    )
    rows = [
        line(
            _words(name),
            estimate(right[name], 100, 1),
            f"{100 * stated[name]['value']:.1f}",
            estimate(score[name], 1, 3),
            estimate(shares[name], 100, 1),
            f"{p_values[name]['value']:.2g}",
        )
        for name in models
    ]
    titles = (
        "the cluster is",
        "right one wins [%]",
        "stated for the winner [%]",
        "log score over equal odds [nats]",
        f"the odds' share of it among all runs [%] ({guess:.1f} if right)",
        "p of that share",
    )
    return "\n".join([sentence, "", *head(*titles), *rows]) + "\n"


def _entries(table: pd.DataFrame, quantity: str, by: str) -> Entries:
    rows: Any = table[table["quantity"] == quantity].set_index(by).to_dict("index")
    return rows


def _contraction(table: pd.DataFrame, name: str, parameter: str) -> str:
    of_parameter = table[table["parameter"] == parameter]
    found, forecast = (
        _entries(of_parameter, quantity, "observed")[name]["value"]
        for quantity in ("contraction", "forecast_contraction")
    )
    return f"{found:.2f} ({forecast:.2f})"


def _words(name: str) -> str:
    return name.replace("_", " ")
