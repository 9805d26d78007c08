"""Models of which evidences are known in closed form: two numbers a run, Gaussian, that a Gaussian parameter moves."""

import numpy as np
import xarray as xr
from scipy.stats import multivariate_normal

from nbody_emulator.streams import generator

MODELS = ("plummer", "king", "uniform_sphere", "salpeter", "cored", "a_model_with_a_long_name")
MEANS = np.array([[0.0, 0.0], [1.0, 0.0], [0.4, 1.2], [-1.0, 0.3], [0.8, -0.9], [-0.6, -1.0]])
SLOPES = np.array([[1.0, 0.3], [0.8, 0.5], [1.2, 0.1], [0.4, 0.4], [0.1, 0.9], [0.5, -0.5]])
"""Of the two numbers along the parameter, which is standard normal."""
NOISE = 0.6
POINTS = 400


def evidences(models=3, truth=1.0, told=1.0, factors=(), points=POINTS, seed=3) -> xr.Dataset:
    """What a comparison of models writes: evidences of runs of each, at the same design points.

    Args:
        models: how many there are.
        truth, told: factor on all variances, as runs have them and as evidences take them.
        factors: added to the log evidence of the first models [nats].
    """
    random = generator(seed, "odds samples")
    parameter, scatter = random.normal(size=points), random.normal(size=(models, points, 2))
    runs = [
        MEANS[place] + np.sqrt(truth) * (np.outer(parameter, SLOPES[place]) + NOISE * scatter[place])
        for place in range(models)
    ]
    outcome = np.concatenate(runs)
    columns = [
        multivariate_normal(MEANS[place], told * covariance(place)).logpdf(outcome) for place in range(models)
    ]
    log_evidence = np.stack(columns, axis=1)
    log_evidence[:, : len(factors)] += factors
    return dataset(
        log_evidence, np.repeat(MODELS[:models], points), np.tile(np.arange(points), models), MODELS[:models]
    )


def covariance(place: int) -> np.ndarray:
    return np.outer(SLOPES[place], SLOPES[place]) + NOISE**2 * np.eye(2)


def dataset(log_evidence, true_model, points, models) -> xr.Dataset:
    count = len(true_model)
    return xr.Dataset(
        {
            "log_evidence": (("run", "model"), log_evidence),
            "log_evidence_error": (("run", "model"), np.full(log_evidence.shape, 0.01)),
            "true_model": ("run", np.array(true_model)),
            "role": ("run", np.full(count, "observation")),
            "group": ("run", np.array([f"observation/0/{point}" for point in points])),
            "usable": ("run", np.ones(count, dtype=np.int8)),
        },
        {"model": ("model", list(models))},
    )
