"""What a page holds, as JSON has it: models that its script can evaluate, real runs as dots, and words."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from nbody_emulator.emulators import storage
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.register import FAMILIES, in_a_sentence, label_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

LEVELS = (0.68, 0.9)
"""Central probabilities of the bands, ascending."""

MOST_RUNS = 2000
"""Dots: more hide one another."""

MOST_NUMBERS = 50_000
"""Of all models of a page together: eleven bytes each."""

DIGITS = 5
"""Of what a dot says."""

MODELS = {
    "MeanModel": ("mean",),
    "BasisModel": ("coefficients",),
    "LegendreModel": ("coefficients", "middle", "half_width"),
    "PowerLawModel": ("physical.", "logarithms.", "line.coefficients"),
    "GaussianEnsemble": ("members.",),
    "ThinnedEnsemble": ("members.", "kept"),
    "LaplaceEnsemble": ("members.", "covariance"),
}
"""Class of a fitted model that `evaluator.js` knows -> how the names begin of the arrays its moments take."""

NETWORKS = ("GaussianEnsemble", "ThinnedEnsemble", "LaplaceEnsemble")
"""Those of them that are mixtures: their quantiles the script has where the calibrator takes moments alone."""

KNOWN_CALIBRATORS = {
    "ConstantVariance": ("log_factor",),
    "ResidualShape": ("log_scale", "skew", "log_spread"),
}
"""The same of calibrators."""

OF_MOMENTS = ("ResidualShape",)
"""Calibrators whose answer depends on the mean and variance of the model's alone."""


@dataclass(frozen=True, eq=False)
class Fit:
    """One family's emulator as its file has it, and its line of the comparison.

    Attributes:
        header, arrays: of the file.
        score: the line of `tables/comparison.csv`.
    """

    header: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]
    score: Mapping[str, Any]

    @property
    def family(self) -> str:
        return self.header["metadata"]["family"]

    @property
    def kind(self) -> str:
        """Name of the class of its model."""
        return FAMILIES.load(self.family).model().__name__

    @property
    def calibrator(self) -> str:
        """Name of the class of its calibrator."""
        return CALIBRATORS.load(self.header["metadata"]["calibrator"]).__name__

    @property
    def is_known(self) -> bool:
        """Whether the page's script can evaluate it."""
        suits = self.kind not in NETWORKS or self.calibrator in OF_MOMENTS
        return self.kind in MODELS and self.calibrator in KNOWN_CALIBRATORS and suits

    @property
    def numbers(self) -> int:
        """How many the page would hold of it."""
        return sum(array.size for arrays in self.parts.values() for array in arrays.values())

    @property
    def parts(self) -> dict[str, dict[str, np.ndarray]]:
        """Every array that an answer takes, by part and by name in it."""
        scaler = ("center", "spread")
        wanted = {
            "input_scaler": scaler,
            "output_scaler": scaler,
            "model": MODELS[self.kind],
            "calibrator": KNOWN_CALIBRATORS[self.calibrator],
            "survival": ("survival", "existence"),
        }
        return {part: self._part(part, names) for part, names in wanted.items()}

    def _part(self, part: str, beginnings: tuple[str, ...]) -> dict[str, np.ndarray]:
        named = {
            name.removeprefix(f"{part}."): each
            for name, each in self.arrays.items()
            if name.startswith(f"{part}.")
        }
        return {name: each for name, each in named.items() if name.startswith(beginnings)}


def contents(
    emulators: Iterable[str | Path], runs: "xr.Dataset", comparison: "pd.DataFrame", title: str
) -> dict[str, Any]:
    """All that the page of an experiment shows.

    Args:
        emulators: files of the families' emulators, of the same parameters and outputs.
        runs: the open runs, as `dataset.nc` has them.
        comparison: `tables/comparison.csv`.
        title: of the page.
    """
    scores = {str(row["family"]): row for row in comparison.to_dict("records")}
    fits = [_fit(*storage.read(path), scores) for path in emulators]
    header = fits[0].header
    shown = chosen(fits)
    ends = (*(-level for level in reversed(LEVELS)), 0.0, *LEVELS)
    return {
        "title": title,
        "description": header["metadata"]["description"],
        "parameters": header["parameters"],
        "outputs": header["outputs"],
        "scores": [NormalDist().inv_cdf(0.5 + 0.5 * end) for end in ends],
        "models": [_model(fit) for fit in shown],
        "recommended": _recommended(fits, shown),
        "runs": dots(runs, header),
    }


def chosen(fits: Sequence[Fit]) -> list[Fit]:
    """Those that the page can evaluate and has room for, the one that answers first in front.

    That is the network of the best score; without one the recommended family, or else the simplest. Then the
    recommended one and all others in their order.
    """
    known = [fit for fit in fits if fit.is_known]
    networks = sorted((fit for fit in known if fit.kind in NETWORKS), key=_loss)
    recommended = [fit for fit in known if fit.score["recommended"]]
    shown: list[Fit] = []
    for fit in (*networks[:1], *recommended, *known):
        if fit not in shown and sum(each.numbers for each in (*shown, fit)) <= MOST_NUMBERS:
            shown.append(fit)
    return shown


def dots(runs: "xr.Dataset", header: Mapping[str, Any]) -> dict[str, list]:
    """Parameters and outputs of usable runs, evenly thinned; null where an output does not exist."""
    parameters, outputs = ([each["name"] for each in header[kind]] for kind in ("parameters", "outputs"))
    inputs = runs["parameter_values"].sel(parameter=parameters).transpose("run", "parameter").values
    values = runs["output_values"].sel(output=outputs).transpose("run", "output").values
    exists = np.isfinite(runs["target"].sel(output=outputs).transpose("run", "output").values)
    usable = np.flatnonzero(runs["usable"].values)
    rows = usable[np.linspace(0, len(usable) - 1, min(len(usable), MOST_RUNS)).round().astype(int)]
    return {
        "parameters": _rounded(inputs[rows]),
        "outputs": _rounded(np.where(exists, values, np.nan)[rows]),
    }


def _fit(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray], scores: Mapping[str, Any]) -> Fit:
    return Fit(header, arrays, scores[header["metadata"]["family"]])


def _loss(fit: Fit) -> float:
    """Its score; infinite where there is none."""
    return float(np.nan_to_num(fit.score["nll"], nan=np.inf))


def _model(fit: Fit) -> dict[str, Any]:
    metadata = fit.header["metadata"]
    return {
        "family": fit.family,
        "label": label_of(fit.family),
        "kind": fit.kind,
        "calibrator": fit.calibrator,
        "settings": fit.header["model"],
        "parts": {
            part: {name: _packed(each) for name, each in arrays.items()} for part, arrays in fit.parts.items()
        },
        "training_runs": metadata["training_runs"],
        "identity": metadata["identity"],
        "recommended": bool(fit.score["recommended"]),
        **_score(fit),
    }


def _recommended(fits: Sequence[Fit], shown: Sequence[Fit]) -> dict[str, Any]:
    found = next(fit for fit in fits if fit.score["recommended"])
    return {"label": in_a_sentence(found.family), "in_page": found in shown, **_score(found)}


def _score(fit: Fit) -> dict[str, Any]:
    return {
        "nll": _number(fit.score["nll"]),
        "nll_error": _number(fit.score["nll_standard_error"]),
    }


def _packed(array: np.ndarray) -> dict[str, Any]:
    """Its doubles to the last bit, in fewer letters than digits would take."""
    doubles = np.ascontiguousarray(array, dtype="<f8")
    return {"shape": list(array.shape), "base64": base64.b64encode(doubles.tobytes()).decode()}


def _rounded(rows: np.ndarray) -> list[list[float | None]]:
    return [[_number(float(f"{value:.{DIGITS}g}")) for value in row] for row in rows]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
