"""Writes a small emulator of every family in the present format, with what it answers.

`PYTHONPATH=tests/laws python tests/stored/make.py`, for a new format alone: files of older ones stay as they are. For
new families `PYTHONPATH=tests/laws python tests/stored/make.py NAME ...`, which leaves the files of others alone.
"""

import json
import sys
from pathlib import Path

import numpy as np
from emulators_samples import PARAMETERS, QUICK, curved, fitted, planted

from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.storage import FORMAT

HERE = Path(__file__).resolve().parent
SETTINGS = QUICK | {"forest": {"trees": 3}}
POINTS = {each.name: [each.from_unit_interval(0.3).item(), each.maximum] for each in PARAMETERS}


def answers(prediction) -> dict[str, list]:
    """What is compared, as JSON has it."""
    kept = ("transformed_mean", "transformed_variance", "existence")
    return {name: np.asarray(getattr(prediction, name)).tolist() for name in kept}


def main(families: list[str]) -> None:
    """One file a family, and one with all their answers."""
    path = HERE / f"answers-format-{FORMAT}.json"
    found = json.loads(path.read_text())["answers"] if families else {}
    for family in families or FAMILIES.names:
        emulator = fitted(family, planted(curved, 24, "stored"), settings=SETTINGS.get(family, {}))
        emulator.save(HERE / f"{family}-format-{FORMAT}.eqx")
        found[family] = answers(emulator.predict(POINTS))
    in_order = {family: found[family] for family in FAMILIES.names if family in found}
    path.write_text(json.dumps({"points": POINTS, "answers": in_order}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
