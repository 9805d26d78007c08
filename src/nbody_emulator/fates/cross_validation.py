"""A classifier fitted to all training clusters, and once without each fold, to tell of every star unseen."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from nbody_emulator.fates.asking import log_odds_of
from nbody_emulator.fates.classifiers.register import CLASSIFIERS
from nbody_emulator.fates.fate_emulator import FateEmulator
from nbody_emulator.fates.fitting import fit_stars
from nbody_emulator.fates.register import FATES
from nbody_emulator.fates.star_rows import StarRows
from nbody_emulator.identity.seen_points import seen_variables
from nbody_emulator.settings.fates import FateFitting

if TYPE_CHECKING:
    import xarray as xr


ALL = -1
"""In place of a fold, of the fit to all training clusters."""


def cross_validated_fates(
    rows: StarRows, how: FateFitting
) -> tuple[FateEmulator, "xr.Dataset", "xr.Dataset"]:
    """The classifier in use; out_of_fold.nc, what fits without each fold tell of the stars that they have not seen;
    fitting.nc, how all these fits came about.

    Returns:
        The second has `probability` and `happened` (row, star), NaN where nothing was predicted or nobody knows;
        `threshold` (row) of the fit that was asked; `fold`, `group`, `role` (row).

    Raises:
        TooFewStars: as `fit_stars`.
        ValueError: a block is in no fold or in several.
    """
    fold_of, fits = _fold_of(rows.blocks, how.folds), {}
    probability, threshold = np.full(rows.happened.shape, np.nan), np.full(len(rows), np.nan)
    for fold in range(len(how.folds)):
        held_out = fold_of == fold
        fits[fold] = emulator = fit_stars(
            rows.select(~held_out), how.changed(stream=(*how.stream, f"fold-{fold}"))
        )
        # Of clusters whose runs failed nothing is known, and nothing asked.
        asked = held_out & rows.observed.any(axis=1)
        prepared = emulator.prepared(rows.clusters, rows.stars, rows.present)
        probability[asked] = expit(log_odds_of(emulator.model, prepared, asked))
        threshold[held_out] = emulator.facts.threshold
    fits[ALL] = fit_stars(rows, how.changed(stream=(*how.stream, "all")))
    return fits[ALL], _told(rows, how, fold_of, probability, threshold), _record(fits)


def _fold_of(blocks: np.ndarray, folds: Sequence[Sequence[int]]) -> np.ndarray:
    found = np.array([[block in fold for fold in folds] for block in blocks])
    if not (found.sum(axis=1) == 1).all():
        raise ValueError("every training block must be in one fold")
    return np.argmax(found, axis=1)


def _record(fits: Mapping[int, FateEmulator]) -> "xr.Dataset":
    """Of every fit what it chose and what it has seen, that on all clusters last."""
    import xarray as xr

    facts = [fit.facts for fit in fits.values()]
    chosen = [json.dumps(dict(each.hyperparameters), sort_keys=True) for each in facts]
    of_fit = ("seen_fit",)
    return xr.Dataset(
        {
            "fitted_without": (
                of_fit,
                np.array(list(fits)),
                {"long_name": "fold whose clusters it has not seen; -1 where it has seen all", "units": "1"},
            ),
            "hyperparameters": (of_fit, np.array(chosen), {"long_name": "chosen, as JSON"}),
            "threshold": (
                of_fit,
                np.array([each.threshold for each in facts]),
                {"long_name": "probability from which on a star is called", "units": "1"},
            ),
            **seen_variables([each.seen for each in facts]),
        },
        attrs={"title": "How a classifier of single stars was fitted"},
    )


def _told(
    rows: StarRows, how: FateFitting, fold_of: np.ndarray, probability: np.ndarray, threshold: np.ndarray
) -> "xr.Dataset":
    import xarray as xr

    classifier, fate = CLASSIFIERS.load(how.classifier), FATES.load(how.fate)
    of_star, of_row = ("row", "star"), ("row",)
    return xr.Dataset(
        {
            "probability": (
                of_star,
                probability,
                {"long_name": f"probability that a star {fate.happening}", "units": "1"},
            ),
            "happened": (
                of_star,
                rows.happened,
                {"long_name": f"1 for a star that {fate.happening}, else 0", "units": "1"},
            ),
            "threshold": (
                of_row,
                threshold,
                {"long_name": "probability from which on a star is called", "units": "1"},
            ),
            "fold": (of_row, fold_of, {"long_name": "fold whose fit was asked", "units": "1"}),
            "group": (of_row, rows.groups.astype(str), {"long_name": "design point"}),
            "role": (of_row, rows.roles.astype(str), {"long_name": "what the set of runs is for"}),
        },
        attrs={
            "title": "What was told of stars before their runs, out of fold",
            "study": how.study,
            "fate": how.fate,
            "happening": _words(fate.happening, how.time),
            "classifier": how.classifier,
            "label": classifier.label,
            "color": classifier.mark.color,
            "marker": classifier.mark.marker,
            "miss_cost": how.miss_cost,
            "balanced": int(how.balanced),
            "is_reference": int(classifier.is_reference),
        },
    )


def _words(happening: str, time: float) -> str:
    return f"{happening} by {'the end' if time == 1.0 else f'{time:.0%} of the run'}"
