"""On functions and noise that we planted, the families say what is true."""

import numpy as np
import pytest
from emulators_samples import NOISE, curved, fitted, planted, points_of, straight

from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.scaling import axis_values

RUNS, FRESH = 320, 1000


@pytest.fixture(scope="module")
def of():
    """(family, function) -> prediction on fresh runs and their targets, fitted once."""
    made = {}

    def get(family, function):
        if (family, function) not in made:
            emulator = fitted(family, planted(function, RUNS, "runs"))
            fresh = planted(function, FRESH, "fresh", role="noise")
            made[family, function] = emulator.predict(points_of(fresh)), fresh.targets
        return made[family, function]

    return get


def log_loss(prediction, targets):
    """(n,) mean over outputs of the negative log likelihood."""
    squared = (targets - prediction.transformed_mean) ** 2 / prediction.transformed_variance
    return 0.5 * (np.log(2 * np.pi * prediction.transformed_variance) + squared).mean(axis=1)


def advantage_of_the_network(of, function):
    """Paired gain in log likelihood over the line on the same fresh runs, in standard errors."""
    gain = log_loss(*of("linear", function)) - log_loss(*of("network", function))
    return gain.mean() / (gain.std(ddof=1) / np.sqrt(FRESH))


def test_the_network_beats_the_line_on_a_curve(of):
    assert advantage_of_the_network(of, curved) > 5.0


def test_the_network_does_not_beat_the_line_on_a_line(of):
    assert advantage_of_the_network(of, straight) < 2.0


COSTLY = ("nuts_network", "flow")
"""Families whose fits are told in test-slow."""


@pytest.mark.parametrize(
    "family",
    [
        pytest.param(name, marks=pytest.mark.slow if name in COSTLY else ())
        for name in FAMILIES.names
        if name != "polynomial"
    ],
)
def test_predicted_widths_are_true_widths(family, of):
    prediction, targets = of(family, curved)
    spread = ((targets - prediction.transformed_mean) / prediction.transformed_std).std(axis=0)
    # Four standard errors: of a standard deviation on the fresh runs, and of a width learnt from the training
    # runs.
    assert np.all(np.abs(spread - 1.0) < 4.0 * np.sqrt(0.5 / FRESH + 0.5 / RUNS))


@pytest.mark.parametrize("family", ["gaussian_process", "network"])
def test_flexible_families_find_the_noise_floor(family, of):
    prediction, targets = of(family, curved)
    line, _ = of("linear", curved)
    left, left_by_the_line = (
        ((targets - each.transformed_mean) ** 2).mean(axis=0) / NOISE**2 - 1.0 for each in (prediction, line)
    )
    # The floor is known to sqrt(2 / 1000) = 0.045; what is left above it, to four times that.
    assert np.all(left < left_by_the_line / 3.0 + 0.18)


def test_the_variance_shrinks_where_the_noise_does():
    def noise(fractions):
        return np.exp(-1.0 + 0.8 * fractions)

    table = planted(straight, 600, "uneven", noise=0.0)
    virial = (table.inputs[:, 2:] - 1.0) / 0.8
    random = np.random.default_rng(5)
    targets = table.targets + noise(virial) * random.standard_normal(table.targets.shape)
    emulator = fitted("linear", type(table)(**{**vars(table), "targets": targets, "values": np.exp(targets)}))
    axes = np.asarray(axis_values(table.parameters, table.inputs))
    slopes = np.asarray(emulator.model.calibrator.log_scale[:, 1:4]) / axes.std(axis=0)
    # log sigma has slope 0.8 along the virial axis, which is 0.8 wide on either side; its standard error for a
    # unit-variance input is sqrt(1 / 1200).
    expected = np.array([0.0, 0.0, 1.0])
    error = np.sqrt(0.5 / 600) / axes.std(axis=0)
    assert np.all(np.abs(slopes - expected) < 4.0 * error)
