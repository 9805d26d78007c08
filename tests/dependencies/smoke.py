"""What a user of the package does, run by another environment's Python: `smoke.py FOLDER [fit]`.

FOLDER holds what the locked environment made: emulators, their answers at `points`, and an orbit. What differs ends
this with an error; `fit` also fits every family anew, which takes the extra of that name. What was found to be right is
printed, a line each.
"""

import sys
from pathlib import Path

import numpy as np

from nbody_emulator import Emulator, integrate
from nbody_emulator.emulators.shipped import names

SAME = 1e-9
"""Other versions may sum in another order; 64 bits leave such differences far below this."""


def orbit() -> dict[str, np.ndarray]:
    """Three stars for a while."""
    positions = np.array([[1.0, 0.0, 0.0], [-1.0, 0.1, 0.0], [0.0, 0.5, 0.8]])
    velocities = np.array([[0.0, 0.03, 0.0], [0.0, -0.03, 0.01], [0.02, 0.0, 0.0]])
    times = np.linspace(0.0, 5.0, 3)
    how = {"softening": 0.1, "integrator": "leapfrog", "step": 0.01}
    trajectory = integrate(np.ones(3), positions, velocities, times, **how)
    return {"positions": trajectory.positions, "velocities": trajectory.velocities}


def answers(emulator: Emulator, points: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Predictions as arrays."""
    prediction = emulator.predict(points)
    return {
        "mean": prediction.transformed_mean,
        "variance": prediction.transformed_variance,
        "median": prediction.median,
    }


def compare(found: dict[str, np.ndarray], path: Path) -> None:
    """Refuse numbers other than those of the locked environment."""
    with np.load(path) as expected:
        for name in expected:
            np.testing.assert_allclose(found[name], expected[name], rtol=SAME, atol=SAME, err_msg=str(path))


def fit_every_family() -> None:
    """Fit, save, load and ask again; the fits themselves may differ between versions."""
    from emulators_samples import curved, fitted, planted, points_of

    from nbody_emulator.emulators.register import FAMILIES

    table = planted(curved, 40, "dependencies")
    for family in FAMILIES.names:
        prediction = fitted(family, table).predict(points_of(table))
        assert np.isfinite(prediction.median).all() and np.all(prediction.transformed_variance > 0), family
        print(f"fit of {family}")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with np.load(folder / "points.npz") as stored:
        points = dict(stored)
    for path in sorted(folder.glob("*.eqx")):
        compare(answers(Emulator.load(path), points), path.with_suffix(".npz"))
        print(f"answers of {path.stem}")
    for name in names():
        emulator = Emulator.load(name)
        middle = emulator.predict({each.name: each.from_unit_interval(0.5) for each in emulator.parameters})
        assert np.isfinite(middle.mean).all() and middle.applicability < 1.0, name
        print(f"shipped {name}")
    compare(orbit(), folder / "orbit.npz")
    print("orbit")
    if sys.argv[2:] == ["fit"]:
        fit_every_family()
