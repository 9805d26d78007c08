"""Made-up clusters whose stars' fates follow a known rule."""

from functools import cache

import numpy as np
from scipy.special import expit
from summaries_samples import plummer

from nbody_emulator.fates.star_inputs import NAMES, star_inputs
from nbody_emulator.fates.star_rows import StarRows
from nbody_emulator.features.start import Start
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.fates import FateFitting
from nbody_emulator.streams import generator

PARAMETERS = (
    Parameter("scale_radius", "pc", 0.5, 2.0, "log"),
    Parameter("virial_ratio", "1", 0.2, 1.8, "linear"),
)
SOFTENING, STARS, BLOCKS, POINTS = 0.05, 24, 4, 25

SETTINGS = {
    "prevalence": {},
    "logistic": {},
    "nearest_stars": {},
    "boosted_trees": {},
    "star_in_set": {"members": 2, "epochs": 60},
}


def log_odds(stars: np.ndarray, virial_ratio: float) -> np.ndarray:
    """The rule (N,): fast and light stars, of hot clusters, with no memory of where they are."""
    speed, mass = (stars[:, NAMES.index(name)] for name in ("speed", "relative_mass"))
    return -1.0 + 5.0 * (speed + 0.7) - 1.6 * mass + 1.5 * (virial_ratio - 1.0)


def unequal(stars: int, seed: int):
    """A Plummer sphere (masses, positions, velocities) whose stars differ in mass by some factor of two."""
    masses, positions, velocities = plummer(stars, seed)
    return masses * generator(seed, "masses").lognormal(0.0, 0.7, stars), positions, velocities


@cache
def planted(seed: int = 3) -> tuple[StarRows, np.ndarray]:
    """Stars of 100 clusters in four blocks, and the true log odds (n, N) of each."""
    random = generator(seed, "planted")
    count = BLOCKS * POINTS
    clusters = np.stack([random.uniform(0.5, 2.0, count), random.uniform(0.2, 1.8, count)], axis=1)
    stars = np.stack(
        [star_inputs(Start(*unequal(STARS, 100 * seed + run), SOFTENING)) for run in range(count)]
    )
    truth = np.stack([log_odds(*each) for each in zip(stars, clusters[:, 1], strict=True)])
    happened = (random.random(truth.shape) < expit(truth)).astype(float)
    blocks = np.repeat(np.arange(BLOCKS), POINTS)
    rows = StarRows(
        columns=PARAMETERS,
        clusters=clusters,
        stars=stars,
        present=np.ones(happened.shape, dtype=bool),
        happened=happened,
        groups=np.array(
            [
                f"train/{block}/{point}"
                for block, point in zip(blocks, np.tile(range(POINTS), BLOCKS), strict=True)
            ]
        ),
        replicates=np.zeros(count, dtype=int),
        blocks=blocks,
        roles=np.full(count, "training"),
    )
    return rows, truth


def fitting(classifier: str, **changed) -> FateFitting:
    """How it is fitted, in two folds of two blocks."""
    return FateFitting(
        **{
            "study": "planted",
            "fate": "escape",
            "time": 1.0,
            "miss_cost": 3.0,
            "balanced": False,
            "classifier": classifier,
            "settings": SETTINGS[classifier],
            "tuning": {"candidates": 2, "folds": 2},
            "seed": 1,
            "stream": ("fates",),
            "sources": (),
            "folds": ((0, 2), (1, 3)),
            **changed,
        }
    )
