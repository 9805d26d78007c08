"""What an emulator answers: mixtures, derivatives, rows out of fold, trials."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from emulators_samples import QUICK, curved, fitted, how, planted, points_of, specification, straight
from scipy.stats import norm

from nbody_emulator import emulators
from nbody_emulator.emulators.fold_emulators import load_each, saved_each
from nbody_emulator.emulators.models.gaussian_head import GaussianHead
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.identity.seen_points import seen_in
from nbody_emulator.settings.rows import Trial
from nbody_emulator.storage import netcdf

SHORT = {"members": 4, "epochs": 40}
NOTHING = np.full(3, np.nan)
"""What runs without outputs are asked by."""


@pytest.fixture(scope="module")
def network():
    return fitted("network", planted(curved, 60, "answers"), settings=SHORT)


def members_of(network, inputs):
    """Means and variances (members, q)."""
    numbers = jax.vmap(lambda member: member(inputs))(network.model.model.members)
    gaussians = jax.vmap(GaussianHead(numbers.shape[1] // 2).distribution)(numbers)
    return gaussians.mean, gaussians.variance


def test_the_ensembles_moments_are_those_of_draws_from_its_members(network):
    inputs = jnp.array([0.3, -0.8, 1.1])
    means, variances = members_of(network, inputs)
    random = np.random.default_rng(1)
    member = random.integers(len(means), size=200_000)
    draws = np.asarray(means)[member] + np.sqrt(np.asarray(variances))[member] * random.standard_normal(
        (200_000, 3)
    )
    response = network.model.model(inputs)
    # Five standard errors of a mean and of a variance of 200 000 draws with kurtosis below 6.
    assert np.all(np.abs(draws.mean(0) - response.mean) < 5 * np.sqrt(response.variance / 200_000))
    assert np.all(np.abs(draws.var(0) - response.variance) < 5 * response.variance * np.sqrt(5 / 200_000))
    np.testing.assert_allclose(response.epistemic_variance, np.var(means, axis=0), rtol=1e-12)


def test_an_ensembles_density_is_the_mean_of_its_members_densities(network):
    inputs, target = jnp.array([0.3, -0.8, 1.1]), jnp.array([0.2, -0.1, 0.4])
    means, variances = members_of(network, inputs)
    densities = np.prod(norm.pdf(target, means, np.sqrt(variances)), axis=1)
    found = network.model.model(inputs).log_prob(target)
    # Sums of four exponentials, in either order.
    np.testing.assert_allclose(np.exp(found), densities.mean(), rtol=1e-10)


def test_an_ensembles_interval_leaves_out_what_it_says_at_both_ends(network):
    points = points_of(planted(curved, 3, "fresh"))
    prediction = network.predict(points)
    below = [prediction.cdf(end) for end in prediction.interval(0.9)]
    # There and back through the output's transform.
    np.testing.assert_allclose(below[0], 0.05, rtol=1e-6)
    np.testing.assert_allclose(below[1], 0.95, rtol=1e-6)


SMOOTH = [name for name in FAMILIES.names if FAMILIES.load(name).has_gradients]
STEPS = [name for name in FAMILIES.names if not FAMILIES.load(name).has_gradients]


def quickly_fitted(family):
    return fitted(family, planted(curved, 60, "answers"), settings=QUICK.get(family, {}))


@pytest.mark.parametrize("family", SMOOTH)
def test_derivatives_are_those_of_the_answers(family):
    emulator = quickly_fitted(family)
    theta = np.array([3.0, 1.2, 0.7])

    def said(point):
        distribution = emulator.distribution(point)
        return distribution.mean, distribution.variance, distribution.log_prob(jnp.array([0.1, jnp.nan, 0.3]))

    # Answers and slopes of one program: what takes long is to compile it.
    ask = jax.jit(lambda point, direction: jax.jvp(said, (point,), (direction,)))
    for direction in np.eye(3):
        step = 1e-5 * direction
        slopes = ask(theta, direction)[1]
        above, below = ask(theta + step, direction)[0], ask(theta - step, direction)[0]
        for slope, up, down in zip(slopes, above, below, strict=True):
            # Central differences in double precision: 1e-10 of curvature and 1e-16 / 1e-5 of rounding.
            np.testing.assert_allclose(slope, (up - down) / 2e-5, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("family", STEPS)
def test_a_family_without_gradients_has_none_where_its_answers_change(family):
    emulator = quickly_fitted(family)

    def center(point):
        return emulator.model.model(point).mean

    here, there = jnp.array([0.3, -0.8, 1.1]), jnp.array([0.9, 0.4, -0.6])
    slopes = jax.vmap(jax.jacfwd(center))(jnp.linspace(here, there, 50))
    assert np.all(slopes == 0) and not np.allclose(center(here), center(there), atol=0.1)


@pytest.mark.parametrize("family", ["linear", "neighbours", "gaussian_process"])
def test_emulators_of_equal_shapes_share_what_is_compiled(family, caplog):
    first, second = (fitted(family, planted(curved, 60, name)) for name in ("answers", "others"))
    noise = points_of(planted(curved, 20, "noise"))
    first.predict(noise).transformed_functionals(NOTHING)
    with jax.log_compiles():
        second.predict(noise).transformed_functionals(NOTHING)
        assert not [record for record in caplog.records if "ompiling" in record.getMessage()]
        second.predict({name: values[:3] for name, values in noise.items()}).transformed_functionals(NOTHING)
        assert [record for record in caplog.records if "ompiling" in record.getMessage()]


def test_training_runs_are_predicted_by_the_model_that_has_not_seen_them():
    training = planted(straight, 60, "train", blocks=3)
    folds = [fitted("linear", training.select(training.blocks != block)) for block in range(3)]
    # The order of the emulators must not matter: who saw what is written in them.
    rows = emulators.predict_out_of_fold(iter(folds[::-1]), training)
    for block in range(3):
        chosen = training.blocks == block
        expected = folds[block].predict(points_of(training.select(chosen)))
        np.testing.assert_array_equal(rows["mean"].values[chosen], expected.transformed_mean)
        assert set(rows["fold"].values[chosen]) == {2 - block}


FOLDS = [[0], [1], [2]]


def test_folds_and_all_runs_are_fitted_on_streams_of_their_own(tmp_path):
    training = planted(curved, 60, "train", blocks=3)
    network = specification("network", settings=SHORT)
    emulator, rows, record = emulators.cross_validated_fit(
        training, how("network", settings=SHORT), [[0, 2], [1]]
    )
    netcdf.write(record, tmp_path / "fitting.nc")
    seen = seen_in(netcdf.read(tmp_path / "fitting.nc"), "it")
    splits = {"fold-0": training.blocks != 1, "fold-1": training.blocks == 1, "all": training.blocks > 2}
    for fold, (split, held_out) in zip((0, 1, -1), splits.items(), strict=True):
        number = record["fold"].values.tolist().index(fold)
        stream = [*network["stream"], split]
        alone, its_record = emulators.fit(training.select(~held_out), network | {"stream": stream})
        expected = alone.predict(points_of(training.select(held_out)))
        for name in ("mean", "variance", "epistemic_variance"):
            told = getattr(expected, f"transformed_{name}")
            np.testing.assert_array_equal(rows[name].values[held_out], told)
        np.testing.assert_array_equal(rows["existence"].values[held_out], expected.existence)
        np.testing.assert_array_equal(rows["survival"].values[held_out], expected.probability)
        np.testing.assert_array_equal(
            rows["quantile"].values[held_out], expected.transformed_quantile_function
        )
        np.testing.assert_array_equal(record["training_loss"][number], its_record["training_loss"])
        assert record["chosen"][number] == its_record.attrs["chosen"]
        assert set(seen[number].names) == set(training.groups[~held_out])
    assert record["fold"].values.tolist() == [-1, 0, 1]
    np.testing.assert_array_equal(
        emulator.predict(points_of(training)).transformed_mean,
        alone.predict(points_of(training)).transformed_mean,
    )


def test_a_run_is_in_one_fold_and_no_fit_sees_its_own_fold():
    training = planted(straight, 40, "train", blocks=2)
    for folds in ([[0]], [[0], [1], [0]]):
        with pytest.raises(ValueError, match=r"held out by exactly one fold's fit, not by [02]"):
            emulators.cross_validated_fit(training, how("linear"), folds)
    leaking = [fitted("linear", training)]
    with pytest.raises(ValueError, match="train/0/0 must be held out by exactly one fold's fit, not by 0"):
        emulators.predict_out_of_fold(leaking, training)


def test_every_family_predicts_all_open_runs(tmp_path):
    training, noise = planted(straight, 60, "train", blocks=3), planted(straight, 20, "noise", role="noise")
    families = ("linear", "mean")
    paths = [tmp_path / f"{name}.zip" for name in families]
    fits = [
        emulators.cross_validated_fit(training, how(name), FOLDS, path)
        for name, path in zip(families, paths, strict=True)
    ]
    full, out_of_fold, _ = zip(*fits, strict=True)
    rows = emulators.predict_open(full, noise, out_of_fold, map(load_each, paths))
    netcdf.write(rows, tmp_path / "predictions.nc")
    for family, emulator, unseen in zip(families, full, out_of_fold, strict=True):
        found = rows["variance"].sel(family=family)
        np.testing.assert_array_equal(found[:20], emulator.predict(points_of(noise)).transformed_variance)
        np.testing.assert_array_equal(found[20:], unseen["variance"])
    for family, path in zip(families, paths, strict=True):
        for fold, emulator in enumerate(load_each(path)):
            assert set(emulator.metadata.seen.names) == set(training.groups[training.blocks != fold])
            found = rows["fold_mean"].sel(family=family).isel(held_out_fold=fold)
            np.testing.assert_array_equal(found[:20], emulator.predict(points_of(noise)).transformed_mean)
            assert np.isnan(found[20:]).all()
    assert rows["fold"].values.tolist() == [-1] * 20 + [0] * 20 + [1] * 20 + [2] * 20
    assert rows["group"].values.tolist() == [*noise.groups, *training.groups]


def test_emulators_of_folds_are_kept_whole_or_not_at_all_in_the_same_bytes(tmp_path):
    kept = [fitted("linear", planted(straight, 20, name)) for name in ("one", "other")]
    for path in (tmp_path / "a.zip", tmp_path / "b.zip"):
        assert list(saved_each(iter(kept), path)) == kept
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert [each.content for each in load_each(tmp_path / "a.zip")] == [each.content for each in kept]
    cut_short = saved_each(iter(kept), tmp_path / "c.zip")
    next(cut_short)
    cut_short.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_families_that_predict_other_runs_are_not_put_side_by_side(tmp_path):
    noise = planted(straight, 20, "noise", role="noise")
    tables = [planted(straight, 60, name, blocks=3) for name in ("train", "others")]
    path = tmp_path / "folds.zip"
    fits = [emulators.cross_validated_fit(table, how("mean"), FOLDS, path) for table in tables]
    full, out_of_fold, _ = zip(*fits, strict=True)
    with pytest.raises(ValueError, match="conflicting values"):
        emulators.predict_open(full, noise, out_of_fold, [load_each(path), load_each(path)])


def test_the_full_model_predicts_nothing_it_has_seen():
    training = planted(straight, 40, "train", blocks=2)
    full = fitted("linear", training)
    with pytest.raises(ValueError, match="train/0/0 is to be predicted out of fold alone"):
        emulators.predict_rows(full, training)
    disguised = dataclasses.replace(training, role=np.full(40, "calibration"))
    with pytest.raises(ValueError, match="train/0/0 has not the role 'training'"):
        emulators.predict_rows(full, disguised)


def test_a_ladder_fits_every_rung_to_every_set(tmp_path):
    training = planted(curved, 80, "train", blocks=2)
    noise = planted(curved, 30, "noise", role="noise")
    ladder = Trial(
        kind="ladder",
        family="polynomial",
        ladder="degrees",
        rungs=[0, 1, 2],
        sizes=[{"blocks": 1, "sets": 2}],
        seed=1,
        stream=["l"],
    )
    trial = emulators.run_trial(training, noise, ladder)
    netcdf.write(trial, tmp_path / "trial.nc")
    assert trial["rung"].values.tolist() == [0, 0, 1, 1, 2, 2]
    assert trial["training_set"].values.tolist() == [0, 1, 0, 1, 0, 1]
    assert trial["training_runs"].values.tolist() == [40] * 6
    flat = trial["mean"].values[:2]
    # Degree 0 is the mean of its training set, whatever the point.
    means = [training.targets[training.blocks == block].mean(0) for block in range(2)]
    np.testing.assert_allclose(flat, np.stack(means)[:, None] + 0 * flat, rtol=1e-9)


def test_a_learning_curve_is_a_fit_to_every_disjoint_set_on_its_own_stream():
    training = planted(curved, 150, "train", blocks=5)
    noise = planted(curved, 30, "noise", role="noise")
    sizes = [{"blocks": 1, "sets": 3}, {"blocks": 2, "sets": 2}]
    trial = emulators.run_trial(
        training, noise, Trial(**specification("neighbours"), kind="curve", sizes=sizes)
    )
    assert trial["training_runs"].values.tolist() == [30, 30, 30, 60, 60]
    assert trial["training_set"].values.tolist() == [0, 1, 2, 0, 1]
    for number, stream, blocks in ((2, ["curve-1", "set", 2], [2]), (4, ["curve-2", "set", 1], [2, 3])):
        part = training.select(np.isin(training.blocks, blocks))
        alone = fitted("neighbours", part, stream=["fit", *stream]).predict(points_of(noise))
        np.testing.assert_array_equal(trial["mean"].values[number], alone.transformed_mean)
        np.testing.assert_array_equal(trial["variance"].values[number], alone.transformed_variance)


def test_the_record_holds_every_candidate_and_the_best_epochs(tmp_path):
    table = planted(curved, 60, "answers")
    record = emulators.fit(table, specification("network", settings=SHORT))[1]
    netcdf.write(record, tmp_path / "fitting.nc")
    sizes = {"candidate": 2, "member": 4, "epoch": 40, "seen_fit": 1, "seen_point": 60}
    assert dict(record.sizes) == sizes
    assert record.attrs["chosen"] == int(np.argmin(record["inner_score"].values))
    np.testing.assert_array_equal(record["best_epoch"], record["validation_loss"].argmin("epoch"))
