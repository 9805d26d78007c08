"""Writes a small emulator of every family in the present format, with what it answers.

`PYTHONPATH=tests/laws python tests/stored/make.py`, for a new format alone: files of older ones stay as they are.
"""

import json
from pathlib import Path

import numpy as np
from emulators_samples import PARAMETERS, curved, fitted, planted

from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.storage import FORMAT

HERE = Path(__file__).resolve().parent
SETTINGS = {
    "boosting": {"rate": 0.5},
    "forest": {"trees": 3},
    "network": {"members": 2, "epochs": 20},
    "mixture_network": {"members": 2, "epochs": 20},
    "autoregressive_network": {"members": 2, "epochs": 20},
}
POINTS = {each.name: [each.from_unit_interval(0.3).item(), each.maximum] for each in PARAMETERS}


def answers(prediction) -> dict[str, list]:
    """What is compared, as JSON has it."""
    kept = {"mean": prediction.mean, "variance": prediction.variance, "existence": prediction.existence}
    return {name: np.asarray(values).tolist() for name, values in kept.items()}


def main() -> None:
    """One file a family, and one with all their answers."""
    found = {}
    for family in FAMILIES.names:
        emulator = fitted(family, planted(curved, 24, "stored"), settings=SETTINGS.get(family, {}))
        emulator.save(HERE / f"{family}-format-{FORMAT}.eqx")
        found[family] = answers(emulator.predict(POINTS))
    text = json.dumps({"points": POINTS, "answers": found}, indent=1)
    (HERE / f"answers-format-{FORMAT}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
