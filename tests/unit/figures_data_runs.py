"""Synthetic tables of runs beside what was predicted of them, and of what families cost."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nbody_emulator.evaluation.response import BANDS, PLACES, PROBABILITIES
from nbody_emulator.evaluation.standard_normal import quantile

TRANSFORMS = {"f_bound": "logit"}
"""Of outputs that have another than the logarithm."""


def response(
    random: np.random.Generator,
    boxes: Mapping[str, tuple],
    outputs: Sequence[str],
    units: Mapping,
    size: float,
) -> pd.DataFrame:
    """One family, so many runs, of which those at the low end of the first parameter do not all survive."""
    count, rows = max(int(640 * size), 12), []
    for parameter, (low, high, is_log) in boxes.items():
        ends = np.log([low, high]) if is_log else np.array([low, high])
        places = ends[0] + PLACES * (ends[1] - ends[0])
        known = {
            "family": "polynomial",
            "parameter": parameter,
            "parameter_scale": "log" if is_log else "linear",
        }
        at = np.exp(places) if is_log else places
        survival = {"output": "all", "unit": "1", "transform": "identity"} | known
        share = 1 - 0.5 * np.exp(-5 * PLACES)
        rows += _predicted(survival, at, share, np.nan)
        for bin_, value in zip(at[2::8], share[2::8], strict=True):
            limits = {"lower": value - 0.08, "upper": min(value + 0.05, 1.0)}
            rows.append(
                survival | {"quantity": "survived", "place": bin_, "value": value, "runs": count} | limits
            )
        for number, output in enumerate(outputs):
            back = _back(output)
            of_output = _of_output(output, units) | known
            middle, spread = np.sin(3 * PLACES + number), 0.6
            for place in random.integers(len(PLACES), size=count):
                value = back(middle[place] + spread * random.normal())
                rows.append(of_output | {"quantity": "run", "place": at[place], "value": value})
            for probability in PROBABILITIES:
                rows += _predicted(of_output, at, back(middle + spread * quantile(probability)), probability)
            rows += [
                of_output | {"quantity": "held", "level": level, "value": level - 0.01, "runs": count}
                for level in BANDS
            ]
    one = {"family": "polynomial", "quantity": "one_run", "level": 0.68}
    for output in outputs:
        back = _back(output)
        rows.append(
            one
            | _of_output(output, units)
            | dict(zip(("lower", "value", "upper"), back([-0.3, 0.0, 0.3]), strict=True))
        )
    return pd.DataFrame(rows)


def _back(output: str):
    return (lambda value: 1 / (1 + np.exp(-np.asarray(value)))) if output in TRANSFORMS else np.exp


def _of_output(output: str, units: Mapping) -> dict:
    return {"output": output, "unit": units.get(output, "pc"), "transform": TRANSFORMS.get(output, "log")}


def _predicted(known: dict, places: np.ndarray, values: np.ndarray, level: float) -> list[dict]:
    numbers = zip(places, values, strict=True)
    return [
        known | {"quantity": "predicted", "level": level, "place": at, "value": value}
        for at, value in numbers
    ]


def sealed_test(
    random: np.random.Generator, outputs: Sequence[str], units: Mapping, families: Sequence[str], size: float
) -> pd.DataFrame:
    """Every family's predictions of so many runs, the last of the families being recommended."""
    count, rows = max(int(600 * size), 12), []
    for output in outputs:
        response, back = random.normal(size=count), _back(output)
        true = response + 0.5 * random.normal(size=count)
        for family in families:
            known = {"family": family, "recommended": family == families[-1]} | _of_output(output, units)
            predicted = response + 0.1 * random.normal(size=count)
            for group in range(count):
                ends = zip(
                    ("value", "lower", "upper"),
                    back(predicted[group] + np.array([0, -0.8, 0.8])),
                    strict=True,
                )
                run = {"quantity": "run", "group": f"test/0/{group}", "level": 0.9, "runs": 1}
                rows.append(known | run | {"true_value": back(true[group])} | dict(ends))
            error = 3.0 if family == "mean" else random.uniform(1.0, 1.2)
            interval = {"value": error, "lower": error - 0.1, "upper": error + 0.1}
            rows.append(known | {"quantity": "error", "runs": count} | interval)
            for level in (0.68, 0.9, 0.95):
                value, band = (
                    level + random.uniform(-0.03, 0.03),
                    {"band_low": level - 0.03, "band_high": level + 0.03},
                )
                held = {"value": value, "lower": value - 0.04, "upper": value + 0.04}
                rows.append(known | {"quantity": "coverage", "level": level, "runs": count} | held | band)
    return pd.DataFrame(rows)


def costs(comparison: pd.DataFrame) -> pd.DataFrame:
    """Of the families of that table, the slower the more complex, but for every third, which is slow."""
    places = np.arange(len(comparison))
    slow = np.where(places % 3 == 2, 100.0, 1.0)
    known = comparison[["family", "nll", "difference", "difference_standard_error", "tied", "recommended"]]
    return known.assign(seconds_per_fit=0.3 * 1.7**places, microseconds_per_answer=slow * 1.5**places)


def noise_parts(random: np.random.Generator, outputs: list[str]) -> pd.DataFrame:
    """Of every output but the last all parts; of that one no chaos, and so no rest."""
    rows = []
    for output in outputs:
        chaos, seen = random.uniform(0.02, 0.3), random.uniform(-0.05, 0.4)
        shares = {"noise": 1.0, "chaos": chaos, "seen": seen, "rest": 1.0 - chaos - seen}
        unknown = ("chaos", "rest") if len(outputs) > 1 and output == outputs[-1] else ()
        for part, share in shares.items():
            known = np.nan if part in unknown else share
            rows.append(
                {
                    "output": output,
                    "part": part,
                    "share": known,
                    "share_standard_error": 0.05 + 0.0 * known,
                    "share_lower": known - 0.1,
                    "share_upper": known + 0.1,
                    "not_measured": "no set has the role repeat" if part in unknown else "",
                }
            )
    return pd.DataFrame(rows)


TASKS = {"parameters": "", "mass": "heaviest_mass", "features": "heaviest_mass bound half_mass", "stars": ""}
"""Name -> the features that are given."""


def given(
    random: np.random.Generator,
    outputs: Sequence[str],
    families: Sequence[str],
    tasks: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Of every family given the parameters, of every second one given features, of two given the stars; of the last
    output no chaos."""
    tasks = TASKS if tasks is None else tasks
    rows = []
    for place, (task, features) in enumerate(tasks.items()):
        kind = "features" if features else "parameters" if not place else "stars"
        fitted = {"parameters": families, "features": families[::2], "stars": families[-2:]}[kind]
        worse = dict(zip(fitted, sorted(random.uniform(0.02, 0.4, len(fitted)), reverse=True), strict=True))
        worse[fitted[-1]] = 0.0
        for family in fitted:
            difference = worse[family] - 0.07 * place
            known = {
                "task": task,
                "given": kind,
                "features": features,
                "family": family,
                "best": not worse[family],
            }
            known |= {"runs": 640}
            error = 0.02 if difference else 0.0
            scored = {"nll": 0.9 + difference, "nll_standard_error": 0.04, "difference": difference}
            rows.append(known | {"output": "all"} | scored | {"difference_standard_error": error})
            for number, output in enumerate(outputs):
                error = {
                    "rmse_over_noise": 1.02 + worse[family] - 0.1 * place * (number % 3),
                    "rmse_over_noise_standard_error": 0.03,
                }
                chaos = 0.2 + 0.05 * number if number < len(outputs) - 1 or len(outputs) == 1 else np.nan
                error |= {"chaos_over_noise": chaos, "chaos_over_noise_standard_error": 0.02 + 0.0 * chaos}
                rows.append(known | {"output": output} | error)
    return pd.DataFrame(rows)
