"""All headline numbers in one nested dictionary, checked against its schema."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from nbody_emulator.evaluation.as_json import checked, errors_of, nested, with_error
from nbody_emulator.evaluation.calibration import OUT_OF_BAND, UNDER_PERFECTION
from nbody_emulator.evaluation.half_step import shifts
from nbody_emulator.evaluation.losses import coverage_name, tail_name
from nbody_emulator.evaluation.posterior_metrics import nested_posteriors
from nbody_emulator.evaluation.recommendation import recommendation
from nbody_emulator.quantities.run_status import USABLE_WORDS, Status
from nbody_emulator.settings.protocol import MetricsSettings

AT_LEVELS: Mapping[str, Callable[[float], str]] = {
    "coverage": coverage_name,
    "tail_below": partial(tail_name, "below"),
    "tail_above": partial(tail_name, "above"),
}
"""Quantities of calibration at the experiment's levels -> how a metric of one level is named."""

LADDER = ["family", "ladder", "rung", "output", "term"]
"""What tells one number of a ladder from another."""


def collect(tables: Mapping[str, pd.DataFrame], settings: MetricsSettings) -> dict[str, Any]:
    """The metrics of an experiment from its tables, by plain names; numbers that do not exist are None.

    Args:
        tables: scores, comparison, optimism, energy and calibration, and those of `WHERE_THERE` that the experiment
            has, as made or as read from CSV.
        settings: whose the tables are.

    Raises:
        jsonschema.ValidationError: the numbers do not fit workflow/schemas/metrics.schema.json.
    """
    scores = tables["scores"]
    by_family = scores[scores["output"] != "all"]
    withheld = not_scored(scores, tables.get("noise"))
    metrics = {
        "experiment": settings.experiment,
        "runs": _runs(tables["energy"], list(settings.outputs)),
        "recommended": recommendation(tables["comparison"], withheld),
        "not_scored": withheld,
        "whole_runs": nested(scores[scores["output"] == "all"], ["family", "metric"], with_error),
        "families": nested(by_family, ["family", "output", "metric"], with_error),
        "primary": _primary(tables["comparison"]),
        "optimism": {
            row.family: with_error(row)
            for row in tables["optimism"].rename(columns={"optimism": "value"}).itertuples()
        },
        "calibration": _calibration(tables["calibration"]),
        "bands": _bands(tables["calibration"]),
    }
    found = {name: told(tables[name]) for name, told in WHERE_THERE.items() if name in tables}
    if settings.left_out is not None:
        found["left_out"] = {missing: list(names) for missing, names in settings.left_out.items()}
    return checked({**metrics, **found}, "metrics")


def not_scored(scores: pd.DataFrame, noise: pd.DataFrame | None) -> dict[str, str]:
    """Outputs that the primary endpoint is without, and why; from the tables of these names."""
    nll = scores[(scores["metric"] == "nll") & (scores["output"] != "all")]
    known = nll.set_index("output")["value"].notna().groupby(level=0).any()
    return {output: _trouble(output, noise) for output in sorted(known.index) if not known[output]}


def _trouble(output: str, noise: pd.DataFrame | None) -> str:
    if noise is None:
        return "is the same in all training runs, or exists in too few of them,"
    whole = noise[(noise["group"] == "all") & (noise["part"] == "noise")]
    variance = whole.set_index("output")["total_variance"][output]
    return "is the same in all training runs" if variance == 0 else "exists in too few training runs"


def _runs(energy: pd.DataFrame, outputs: list[str]) -> dict:
    by_status = energy["status"].value_counts()
    usable = int(energy["status"].isin(USABLE_WORDS).sum())
    # An empty cell of a CSV is read back as NaN.
    missing = Counter(" ".join(energy["missing_outputs"].dropna()).split())
    return {
        "total": len(energy),
        "usable": usable,
        "unusable": len(energy) - usable,
        "by_status": {status: int(count) for status, count in sorted(by_status.items())},
        "missing_outputs": {output: missing[output] for output in outputs},
        **(_integrated(energy, by_status) if "energy_error" in energy else {}),
    }


def _integrated(energy: pd.DataFrame, by_status: pd.Series) -> dict:
    # A run that did not stay finite has no error: it counts as above all others.
    errors = energy["energy_error"].fillna(math.inf)
    return {
        "within_tolerance_fraction": float(by_status.get(Status.OK.word, 0) / len(energy)),
        "energy_error": {
            "median": float(errors.median()),
            "percentile_99": float(errors.quantile(0.99, interpolation="higher")),
        },
        "at_step_floor": int((energy["step_floor_hits"] > 0).sum()),
    }


def _primary(comparison: pd.DataFrame) -> dict:
    return {
        row.family: {"value": row.nll, "standard_error": row.nll_standard_error}
        for row in comparison.itertuples()
    }


def _needed(row) -> dict:
    ends = {"value": row.runs, "lower": row.runs_lower, "upper": row.runs_upper}
    return {"place": row.place, **ends, "answer": row.answer}


def _half_step(half_step: pd.DataFrame) -> dict:
    rows: Iterable[Any] = shifts(half_step).itertuples()
    return {
        row.Index: {
            "runs": int(row.runs),
            "mean_shift": {"value": row.mean, "standard_error": row.standard_error},
            "rms_shift": row.rms,
        }
        for row in rows
    }


def _noise(noise: pd.DataFrame) -> dict:
    """By output: the noise, and its parts where the same stars were run again."""
    pooled = noise[noise["group"] == "all"]
    whole = nested(pooled[pooled["part"] == "noise"], ["output"], partial(_variance, share="share"))
    of_noise = partial(_variance, share="noise_share")
    parts = nested(pooled[pooled["part"] != "noise"], ["output", "part"], of_noise)
    return {output: found | {"parts": parts.get(output, {})} for output, found in whole.items()}


def _variance(row, share: str) -> dict:
    """A variance, and its share of a larger one."""
    return {
        "variance": {"value": row.variance} | errors_of(row),
        "share": {"value": getattr(row, share)} | errors_of(row, f"{share}_"),
    }


def _ladders(table: pd.DataFrame) -> dict:
    return nested(table.assign(rung=[f"{rung:g}" for rung in table["rung"]]), LADDER, with_error)


def _calibration(calibration: pd.DataFrame) -> dict:
    whole = calibration[calibration["stratum"] == "all"]
    chosen = whole[whole["quantity"].isin([*AT_LEVELS, "z_mean", "z_standard_deviation", "mace"])].copy()
    rows: Iterable[Any] = chosen.itertuples()
    chosen["name"] = [
        AT_LEVELS[row.quantity](row.level) if row.quantity in AT_LEVELS else row.quantity for row in rows
    ]
    found = nested(chosen, ["family", "output", "treatment", "name"], with_error)
    perfect: Iterable[Any] = whole[whole["quantity"] == f"mace{UNDER_PERFECTION}"].itertuples()
    for row in perfect:
        treated = found[row.family][row.output][row.treatment]
        treated |= {"mace": treated["mace"]["value"], row.quantity: row.value, "rows": int(row.count)}
    worst: Iterable[Any] = calibration[calibration["quantity"] == "worst_region"].itertuples()
    for row in worst:
        found[row.family][row.output][row.treatment]["worst_region"] = {
            "region": row.stratum,
            "level": row.level,
            "distance": row.value,
            "at_most": row.band_high,
        }
    return found


def _bands(calibration: pd.DataFrame) -> dict:
    """Family -> treatment -> kind -> how many numbers of all outputs lie outside their bands."""
    found: dict = {}
    numbers = calibration.groupby(["family", "treatment", "quantity"], sort=False)[
        ["value", "count", "band_high"]
    ]
    added: Iterable[Any] = numbers.sum().reset_index().itertuples()
    by_name = {(row.family, row.treatment, row.quantity): row for row in added}
    for (family, treatment, quantity), row in by_name.items():
        if quantity.endswith(OUT_OF_BAND):
            perfect = by_name[family, treatment, f"{quantity}{UNDER_PERFECTION}"]
            found.setdefault(family, {}).setdefault(treatment, {})[quantity.removesuffix(OUT_OF_BAND)] = {
                "outside": int(row.value),
                "looks": int(row.count),
                "expected": float(perfect.value),
                "at_most": float(row.band_high),
            }
    return found


WHERE_THERE: Mapping[str, Callable[[pd.DataFrame], Any]] = {
    "runs_needed": lambda table: nested(table, ["family", "output"], _needed),
    "half_step": _half_step,
    "noise": _noise,
    "bias_variance": _ladders,
    "regularization": _ladders,
    "posteriors": nested_posteriors,
}
"""Metrics by the name of their table, which not every experiment has."""
