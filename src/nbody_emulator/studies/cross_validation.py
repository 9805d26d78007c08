"""Cross-validation and calibration of emulators of one's own runs, in Python, without a workflow."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from nbody_emulator.emulators.cross_validation import cross_validated_fit
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.fold_emulators import load_each
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.rows import predict_open
from nbody_emulator.evaluation import calibration, scores
from nbody_emulator.evaluation.rows import of_families
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.own_runs import Table
from nbody_emulator.settings.protocol import Calibration, Protocol, Tuning
from nbody_emulator.settings.rows import Fitting


@dataclass(frozen=True)
class Study:
    """Families fitted to the same runs, and what each says of runs it has not seen.

    Attributes:
        emulators: by family, fitted to all training runs.
        fold_emulators: by family, fitted without each fold.
        out_of_fold: by family, what is said of the training runs.
        protocol: by which they are judged.
    """

    emulators: Mapping[str, Emulator]
    fold_emulators: Mapping[str, Sequence[Emulator]]
    out_of_fold: Mapping[str, xr.Dataset]
    protocol: Protocol

    @property
    def scores(self) -> pd.DataFrame:
        """Every score out of fold, one row a family, output and metric, with its error (`evaluation.scores.make`)."""
        # Of each training run there is the one prediction that is out of fold.
        untold = {
            family: (xr.full_like(each["mean"], float("nan"))).expand_dims(held_out_fold=1)
            for family, each in self.out_of_fold.items()
        }
        predictions = tuple(
            each.assign(fold_mean=untold[family]) for family, each in self.out_of_fold.items()
        )
        return scores.make(Sources({"predictions": predictions}), self.protocol)

    def calibrate(self, table: Table) -> pd.DataFrame:
        """What intervals hold of runs that no fit has seen, as they are and as these runs mend them.

        Args:
            table: independent runs at other design points, one each.

        Returns:
            One row a family, output, treatment (raw, recalibrated, conformal) and level: value (the coverage),
            standard_error, count (of runs).

        Raises:
            ValueError: a fit has seen one of the runs.
        """
        predictions = predict_open(
            self.emulators.values(),
            table.in_role("calibration"),
            self.out_of_fold.values(),
            self.fold_emulators.values(),
        )
        found = calibration.make(Sources({"predictions": tuple(of_families(predictions))}), self.protocol)
        held = found[(found["quantity"] == "coverage") & (found["stratum"] == "all")]
        columns = ["family", "output", "treatment", "level", "value", "standard_error", "count"]
        return held[columns].reset_index(drop=True)


def cross_validate(
    table: Table,
    families: Sequence[str],
    seed: int = 0,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    tuning: Tuning | None = None,
    levels: Sequence[float] = Calibration().levels,
) -> Study:
    """Fit families to all runs and without each block, and predict every run by the fit that has not seen it.

    Args:
        table: training runs in blocks, which are the folds.
        families: names in the register.
        seed: root of every random stream.
        settings: by family, those that differ from their defaults, as in the section `emulators` of a configuration.
        tuning: of hyperparameters inside each training set.
        levels: of the intervals that are judged.

    Raises:
        ValueError: a family that is not known, too few runs, or what a fit refuses.
    """
    names = tuple(name for name in FAMILIES.names if name in families)
    for name in families:
        FAMILIES.load(name)
    folds = [(block,) for block in sorted(set(table.blocks.tolist()))]
    emulators, of_folds, out_of_fold = {}, {}, {}
    for name in names:
        how = Fitting(
            family=name,
            settings=dict((settings or {}).get(name, {})),
            tuning=tuning or Tuning(),
            seed=seed,
            stream=("fit",),
        )
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "fold_emulators.zip"
            emulators[name], out_of_fold[name], _ = cross_validated_fit(table, how, folds, kept)
            of_folds[name] = list(load_each(kept))
    protocol = Protocol(seed=seed, levels=tuple(levels), families=names)
    return Study(emulators, of_folds, out_of_fold, protocol)
