"""The shipped experiments with another simulator's runs, small enough for tests."""

from collections.abc import Callable
from pathlib import Path

import yaml

EMULATORS = {"mean": {}, "linear": {}, "polynomial": {}}
SMALL = {
    "emulators": EMULATORS,
    "tuning": {"candidates": 1, "folds": 2},
    "cross_validation": {"folds": 2},
    "bias_variance": {"polynomial": {"degrees": [0, 1]}},
}
FEWER = {"train": 25, "replicate": 10, "calibration": 30, "observation": 30, "test": 20}
"""Points of each set of the epidemic."""


def edit_yaml(path: Path, change: Callable[[dict], None]) -> None:
    """Let `change` alter what a configuration says."""
    config = yaml.safe_load(path.read_text())
    change(config)
    path.write_text(yaml.safe_dump(config, sort_keys=False))


def shrink(root: Path) -> None:
    """Make both experiments small in a copy of the repository."""
    edit_yaml(root / "config/borehole.yaml", _small_borehole)
    edit_yaml(root / "config/epidemic.yaml", _small_epidemic)


def _small_borehole(config: dict) -> None:
    config |= SMALL
    config["sets"]["training"]["blocks"] = 2
    config["learning_curve"] = {"sizes": [{"blocks": 1, "sets": 2}]}


def _small_epidemic(config: dict) -> None:
    config |= SMALL
    for name, points in FEWER.items():
        config["sets"][name]["points"] = points
    config["sets"]["train"]["blocks"] = 2
    config["learning_curve"] = {"sizes": [{"blocks": 1, "sets": 2}]}
    config["inference"] |= {"points": 512, "mock_runs": 2}
