"""How many training runs would be enough, by family and output: read off the power law of each learning curve."""

import numpy as np
import pandas as pd

from nbody_emulator.evaluation.learning_curve import WHOLE_RUNS, Curve, curves
from nbody_emulator.evaluation.power_law import FURTHEST
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a family and output, in order of rank; output `all` is of whole runs.

    Columns: family, place (by the score out of fold, 1 the best), output, runs (until the mean squared error is within
    10 % of the noise floor; of whole runs, until doubling them lowers the joint score by less than 0.01 nats per
    output) with runs_lower and runs_upper (95 %; 0 and infinite where nothing bounds them), exponent of the power law
    with exponent_lower and exponent_upper (95 %), scatter (of the excess between training sets, over the excess),
    chi_squared and degrees_of_freedom of the fit, answer: the runs in words.
    """
    return pd.DataFrame([_row(curve) for curve in curves(sources, protocol)])


def _row(curve: Curve) -> dict:
    law = curve.law
    told = {"family": curve.family, "place": curve.place, "output": curve.output}
    numbers = dict.fromkeys(
        ("runs", "runs_lower", "runs_upper", "exponent", "exponent_lower", "exponent_upper"), np.nan
    ) | {"scatter": np.nan, "chi_squared": np.nan, "degrees_of_freedom": 0}
    if law is not None:
        numbers = {
            "runs": law.needed,
            "runs_lower": law.lower,
            "runs_upper": law.upper,
            "exponent": law.exponent,
            "exponent_lower": law.exponent_lower,
            "exponent_upper": law.exponent_upper,
            "scatter": law.scatter,
            "chi_squared": law.chi_squared,
            "degrees_of_freedom": law.degrees_of_freedom,
        }
    return told | numbers | {"answer": answer(curve)}


def answer(curve: Curve) -> str:
    """The runs in words: a number with its 95 % interval, or on which side of what was tried it lies, or why not."""
    law = curve.law
    if law is None:
        return (
            "not known: one size of training set"
            if curve.output == WHOLE_RUNS
            else "not known: no floor, or one size"
        )
    if law.lower == 0 and np.isinf(law.upper):
        return "not known: the curve is too uncertain"
    smallest = f"{law.runs[0]:.0f}"
    if law.upper <= law.runs[0]:
        found = f"fewer than {smallest}"
    elif law.needed >= FURTHEST:
        found = f"not below {_power(FURTHEST)} (at least {_whole(law.lower)})"
    elif law.needed <= law.runs[0]:
        found = f"fewer than {smallest} ({_ends(law.lower, law.upper)})"
    else:
        found = f"{_whole(law.needed)} ({_ends(law.lower, law.upper)})"
    return found if law.holds else f"{found}; the curve is no power law"


def _ends(lower: float, upper: float) -> str:
    if lower == 0:
        return f"at most {_whole(upper)}"
    return f"at least {_whole(lower)}" if np.isinf(upper) else f"{_whole(lower)} to {_whole(upper)}"


def _whole(runs: float) -> str:
    """To two digits: the grid has no more."""
    return f"{float(f'{runs:.2g}'):.0f}"


def _power(runs: int) -> str:
    return f"10^{np.log10(runs):.0f}"
