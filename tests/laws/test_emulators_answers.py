"""What an emulator answers: mixtures, derivatives, rows out of fold, trials."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from emulators_samples import curved, fitted, planted, points_of, specification, straight

from nbody_emulator import emulators, netcdf

SHORT = {"members": 4, "epochs": 40}


@pytest.fixture(scope="module")
def network():
    return fitted("network", planted(curved, 60, "answers"), settings=SHORT)


def test_the_ensembles_moments_are_those_of_draws_from_its_members(network):
    inputs = jnp.array([0.3, -0.8, 1.1])
    means, variances = jax.vmap(lambda member: member(inputs))(network.model.members)
    random = np.random.default_rng(1)
    member = random.integers(len(means), size=200_000)
    draws = np.asarray(means)[member] + np.sqrt(np.asarray(variances))[member] * random.standard_normal(
        (200_000, 3)
    )
    response = network.model(inputs)
    # Five standard errors of a mean and of a variance of 200 000 draws with kurtosis below 6.
    assert np.all(np.abs(draws.mean(0) - response.mean) < 5 * np.sqrt(response.variance / 200_000))
    assert np.all(np.abs(draws.var(0) - response.variance) < 5 * response.variance * np.sqrt(5 / 200_000))
    np.testing.assert_allclose(response.model_variance, np.var(means, axis=0), rtol=1e-12)


@pytest.mark.parametrize("family", ["linear", "gaussian_process", "network"])
def test_derivatives_are_those_of_the_answers(family):
    emulator = fitted(family, planted(curved, 60, "answers"), settings=SHORT)
    theta = np.array([3.0, 1.2, 0.7])
    slopes = jax.jit(jax.jacfwd(emulator.transformed))(jnp.asarray(theta))
    answer = eqx.filter_jit(emulator.transformed)
    for index in range(3):
        step = 1e-5 * np.eye(3)[index]
        above, below = answer(jnp.asarray(theta + step)), answer(jnp.asarray(theta - step))
        for slope, up, down in zip(slopes, above, below, strict=True):
            # Central differences in double precision: 1e-10 of curvature and 1e-16 / 1e-5 of rounding.
            np.testing.assert_allclose(slope[:, index], (up - down) / 2e-5, rtol=1e-6, atol=1e-8)


def test_training_runs_are_predicted_by_the_model_that_has_not_seen_them(tmp_path):
    training, noise = planted(straight, 60, "train", blocks=3), planted(straight, 20, "noise", role="noise")
    folds = [fitted("linear", training.select(training.blocks != block)) for block in range(3)]
    full = fitted("linear", training)
    everything = joined(training, noise)
    # The order of the list must not matter: who saw what is written in the emulators.
    rows = emulators.predict_rows(folds[::-1], full, everything, {"family": "linear"})
    netcdf.write(rows, tmp_path / "predictions.nc")
    for block in range(3):
        chosen = (everything.role == "training") & (everything.blocks == block)
        expected = folds[block].predict(points_of(everything.select(chosen)))
        np.testing.assert_array_equal(rows["mean"].values[chosen], expected.mean)
        assert set(rows["fold"].values[chosen]) == {2 - block}
    chosen = everything.role == "noise"
    np.testing.assert_array_equal(rows["variance"].values[chosen], full.predict(points_of(noise)).variance)
    assert set(rows["fold"].values[chosen]) == {-1}


def test_leaking_models_are_refused():
    training = planted(straight, 40, "train", blocks=2)
    full = fitted("linear", training)
    half = fitted("linear", training.select(training.blocks == 0))
    with pytest.raises(ValueError, match="train/1/20 must be held out by exactly one fold model"):
        emulators.predict_rows(
            [full, half][:1], full, training.select(training.blocks == 1), {"family": "linear"}
        )
    disguised = dataclasses.replace(training, role=np.full(40, "calibration"))
    with pytest.raises(ValueError, match="train/0/0 has not the role 'training'"):
        emulators.predict_rows([half], full, disguised, {"family": "linear"})


def test_a_ladder_fits_every_rung_to_every_set(tmp_path):
    sets = [planted(curved, 40, f"set-{number}") for number in range(2)]
    noise = planted(curved, 30, "noise", role="noise")
    ladder = {
        "kind": "ladder",
        "ladder": "polynomial",
        "rungs": [0, 1, 2],
        "settings": {},
        "seed": 1,
        "stream": ["l"],
    }
    trial = emulators.run_trial(sets, noise, ladder)
    netcdf.write(trial, tmp_path / "trial.nc")
    assert trial["complexity"].values.tolist() == [0, 0, 1, 1, 2, 2]
    assert trial["training_set"].values.tolist() == [0, 1, 0, 1, 0, 1]
    assert trial["training_runs"].values.tolist() == [40] * 6
    flat = trial["mean"].values[:2]
    # Degree 0 is the mean of its training set, whatever the point.
    np.testing.assert_allclose(
        flat, np.stack([each.targets.mean(0) for each in sets])[:, None] + 0 * flat, rtol=1e-9
    )


def test_a_tuned_trial_is_a_fit_on_its_own_stream():
    sets = [planted(curved, 40, f"set-{number}") for number in range(2)]
    noise = planted(curved, 30, "noise", role="noise")
    trial = emulators.run_trial(sets, noise, specification("neighbours", kind="family"))
    alone = fitted("neighbours", sets[1], stream=["fit", "set", 1]).predict(points_of(noise))
    np.testing.assert_array_equal(trial["mean"].values[1], alone.mean)
    np.testing.assert_array_equal(trial["variance"].values[1], alone.variance)


def test_the_record_holds_every_candidate_and_the_best_epochs(tmp_path):
    table = planted(curved, 60, "answers")
    record = emulators.fit(table, specification("network", settings=SHORT))[1]
    netcdf.write(record, tmp_path / "fitting.nc")
    sizes = {"candidate": 2, "member": 4, "epoch": 40, "seen_fit": 1, "seen_point": 60}
    assert dict(record.sizes) == sizes
    assert record.attrs["chosen"] == int(np.argmin(record["inner_score"].values))
    np.testing.assert_array_equal(record["best_epoch"], record["validation_loss"].argmin("epoch"))


def joined(first, second):
    names = [field.name for field in dataclasses.fields(first) if field.name not in ("parameters", "outputs")]
    return dataclasses.replace(
        first, **{name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in names}
    )
