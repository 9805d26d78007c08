"""Fates of single stars: closed forms, symmetries, planted rules, and nothing learned of the stars that are told of."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from planted_fates import SOFTENING, fitting, planted, unequal
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import NearestNeighbors
from summaries_samples import plummer, simulation

from nbody_emulator.emulators import Emulator
from nbody_emulator.fates import FateEmulator
from nbody_emulator.fates.asking import log_odds_of
from nbody_emulator.fates.classifiers.register import CLASSIFIERS
from nbody_emulator.fates.cross_validation import cross_validated_fates
from nbody_emulator.fates.fitting import fit_stars, mean_score
from nbody_emulator.fates.follow import follow
from nbody_emulator.fates.known_stars import KnownStars, TooFewStars
from nbody_emulator.fates.preparation import Preparation
from nbody_emulator.fates.register import FATES
from nbody_emulator.fates.star_inputs import MISSABLE, NAMES, star_inputs
from nbody_emulator.fates.star_rows import star_rows
from nbody_emulator.fates.threshold import cheapest_threshold
from nbody_emulator.features.start import Start
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.quantities.run_status import Status
from nbody_emulator.settings.fates import FateReading
from nbody_emulator.settings.rows import Source, SummarySettings
from nbody_emulator.streams import generator
from nbody_emulator.summaries.block import summarize
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

ROUNDING = 1e-11
"""Logarithms of sums over some twenty stars, turned and moved: five or so bits of 52."""

PAGE = Path(__file__).parents[2] / "docs/fates.md"
EVERY = CLASSIFIERS.names
LEARNING = tuple(name for name in EVERY if not CLASSIFIERS.load(name).is_reference)


def known(fills=True, rows=None):
    rows = planted()[0] if rows is None else rows
    return KnownStars.of(rows, Preparation.of(rows, fills))


def whole(prepared):
    return np.arange(len(prepared.present))


# What is known of a star


def test_what_is_known_of_stars_depends_on_no_frame_and_on_no_unit():
    masses, positions, velocities = unequal(20, 7)
    turn = np.linalg.qr(generator(7, "turn").normal(size=(3, 3)))[0]
    moved = Start(masses, positions @ turn + [3.0, -1.0, 2.0], velocities @ turn - [1.0, 0.0, 4.0], SOFTENING)
    # Lengths twice as long, masses four times as large: velocities by the root of their quotient.
    scaled = Start(4.0 * masses, 2.0 * positions, np.sqrt(2.0) * velocities, 2.0 * SOFTENING)
    found = star_inputs(Start(masses, positions, velocities, SOFTENING))
    np.testing.assert_allclose(star_inputs(moved), found, rtol=ROUNDING, atol=ROUNDING)
    np.testing.assert_allclose(star_inputs(scaled), found, rtol=ROUNDING, atol=ROUNDING)


def test_inputs_of_two_stars_in_closed_form():
    """A circular binary of equal stars a distance 2 apart: each at radius 1, at rest relative to its own motion."""
    mass, distance = 3.0, 2.0
    speed = np.sqrt(GRAVITATIONAL_CONSTANT * mass / (2.0 * distance))
    positions = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    velocities = speed * np.array([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])
    found = dict(zip(NAMES, star_inputs(Start(np.full(2, mass), positions, velocities, 0.0)).T, strict=True))
    escape = np.sqrt(2.0 * GRAVITATIONAL_CONSTANT * mass / distance)
    # G m^2 / (2 a) over the kinetic energy m speed^2 / 2 of one star.
    hardness = GRAVITATIONAL_CONSTANT * mass**2 / (2.0 * distance) / (0.5 * mass * speed**2)
    expected = {
        "relative_mass": 0.0,
        "radius": 0.0,
        "speed": np.log(speed / escape),
        "direction": 0.0,
        "depth": np.log(GRAVITATIONAL_CONSTANT * mass / distance / speed**2),
        "angular_momentum": 0.0,
        "nearest_star": np.log(2.0),
        "partner_energy": np.log(hardness),
        "partner_share": 0.0,
    }
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, atol=ROUNDING, err_msg=name)


def test_who_is_bound_to_nobody_is_without_a_partner():
    """Two bound stars, and a third that rushes through."""
    positions = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
    velocities = np.array([[0.0, 0.03, 0.0], [0.0, -0.03, 0.0], [0.0, 90.0, 0.0]])
    found = star_inputs(Start(np.array([3.0, 3.0, 1.0]), positions, velocities, 0.0))
    missing = np.isnan(found)
    assert missing[2, list(MISSABLE)].all()
    assert missing.sum() == len(MISSABLE)


# What has happened to it


def test_who_has_escaped_is_who_is_not_bound():
    masses, positions, velocities = plummer(20, 3)
    velocities[4] += [500.0, 0.0, 0.0]
    escaped = FATES.load("escape").happened(Snapshot(masses, positions, velocities, SOFTENING))
    assert escaped[4]
    assert escaped.sum() < 10


def test_the_hardest_binary_is_the_one_that_was_put_there():
    masses, positions, velocities = plummer(20, 3)
    positions[[6, 11]] = positions[6] + [[0.0, 0.0, 0.0], [1e-3, 0.0, 0.0]]
    velocities[11] = velocities[6]
    found = FATES.load("hardest_binary").happened(Snapshot(masses, positions, velocities, 0.0))
    assert np.flatnonzero(found).tolist() == [6, 11]


def test_nobody_is_in_a_binary_where_no_two_stars_are_bound():
    stars = (
        np.ones(4),
        10.0 * generator(1, "far").normal(size=(4, 3)),
        1e3 * generator(2, "fast").normal(size=(4, 3)),
    )
    for fate, expected in (("hardest_binary", 0), ("escape", 4)):
        assert FATES.load(fate).happened(Snapshot(*stars, 0.0)).sum() == expected


def block_of_runs():
    """Three runs at two times: of the second a star is missing, the third failed."""
    states = [[unequal(12, 10 * run + time) for time in range(2)] for run in range(3)]
    masses = np.array([run[0][0] for run in states])
    masses[1, 5] = 0.0
    positions, velocities = ([[each[part] for each in run] for run in states] for part in (1, 2))
    made = simulation(masses, positions, velocities, [0.01, 0.05, 0.3])
    made["status"] = ("run", np.array([Status.OK, Status.ABOVE_TOLERANCE, Status.UNUSABLE]))
    return made


def read(block, **asked):
    return follow(block, FateReading(fate="escape", **asked))


def test_the_mass_that_has_not_escaped_is_the_bound_mass():
    """Of bound_fraction, which a summary measures."""
    block = block_of_runs()
    bound = summarize(block, SummarySettings(statistics=("bound_fraction",)))["bound_fraction"].values[:, -1]
    stars = read(block).isel(run=[0, 1])
    shares = np.exp(stars["star_seen"].sel(star_input="relative_mass").values)
    remaining = np.nansum(shares * (1.0 - stars["happened"].values), axis=1) / np.nansum(shares, axis=1)
    np.testing.assert_allclose(remaining, bound[:2], rtol=ROUNDING)


def test_nothing_is_known_of_stars_of_failed_runs_and_of_empty_slots():
    stars = read(block_of_runs())
    assert stars["present"].sum("star").values.tolist() == [12, 11, 0]
    assert np.isfinite(stars["happened"]).sum("star").values.tolist() == [12, 11, 0]
    assert np.isnan(stars["star_seen"].values[2]).all()


def test_of_a_star_that_was_swallowed_nobody_knows_whether_it_escaped():
    block = block_of_runs()
    later = block["mass"].expand_dims(time=2, axis=1).copy()
    later[0, 1, 3] = 0.0
    swallowed = block["position"].isel(run=0, time=1, star=3)
    positions = block["position"].copy()
    positions[0, 1, 3] = np.nan * swallowed
    stars = read(block.assign(mass_at_time=(("run", "time", "star"), later.values), position=positions))
    unknown = np.isnan(stars["happened"].values[0])
    assert unknown.sum() == 1
    mass = block["mass"].values[0]
    assert np.flatnonzero(unknown)[0] == np.flatnonzero(np.argsort(-mass, kind="stable") == 3)[0]


def test_a_time_between_snapshots_is_refused():
    with pytest.raises(KeyError, match=r"no snapshot at 0\.37"):
        read(block_of_runs(), time=0.37)


def test_rows_of_another_block_are_refused():
    stars = read(block_of_runs())
    place = {"set": "train", "role": "training", "stream": str(stars.attrs["stream"])}
    right = Source(**place, block=int(stars.attrs["block"]))
    rows = star_rows([stars], [right])
    assert [column.name for column in rows.columns] == ["scale_radius"]
    np.testing.assert_array_equal(
        rows.clusters, stars["parameter_values"].sel(parameter=["scale_radius"]).values
    )
    with pytest.raises(ValueError, match="asked for by the set 'train'"):
        star_rows([stars], [right.changed(block=right.block + 1)])


# Classifiers


@pytest.mark.parametrize("name", LEARNING)
def test_a_planted_rule_is_recovered(name):
    """Half of what the rule gains over the share of all is, by 1200 stars, and hardly more than all."""
    rows, truth = planted()
    _, told, _ = cross_validated_fates(rows, fitting(name))
    odds = np.log(told["probability"].values) - np.log1p(-told["probability"].values)
    share = np.full(truth.shape, np.log(rows.happened.mean() / (1.0 - rows.happened.mean())))
    nothing, everything = mean_score(share, rows.happened), mean_score(truth, rows.happened)
    assert nothing - mean_score(odds, rows.happened) > 0.5 * (nothing - everything)
    # Nobody beats the rule by more than chance: two errors of a mean over 2400 stars.
    assert mean_score(odds, rows.happened) > everything - 0.02


def test_logistic_coefficients_are_those_of_the_rule():
    """Within four of their errors, from the information matrix: three numbers, so that three errors are rare."""
    rows, truth = planted()
    preparation = Preparation.of(rows, fills=True)
    fitted = CLASSIFIERS.load("logistic")(penalty=1e-6).fit(KnownStars.of(rows, preparation), 0)
    inputs, weights = known().inputs, expit(truth.ravel()) * expit(-truth.ravel())
    told = [NAMES.index("speed") + 2, NAMES.index("relative_mass") + 2, 1]
    design = np.column_stack([inputs, np.ones(len(inputs))])
    # Of inputs that are missing together two columns say the same: their sum alone is known.
    errors = np.sqrt(np.diag(np.linalg.pinv(design.T @ (weights[:, None] * design))))
    spread = [*np.asarray(preparation.stars.spread)[[NAMES.index("speed"), NAMES.index("relative_mass")]]]
    spread.append(float(preparation.clusters.spread[1]))
    for place, slope, unit in zip(told, (5.0, -1.6, 1.5), spread, strict=True):
        found = float(fitted.coefficients[place])
        assert abs(found - slope * unit) < 4.0 * errors[place]


@pytest.mark.parametrize(("degree", "penalty"), [(1, 0.1), (2, 10.0)])
def test_logistic_slopes_of_the_penalized_density_vanish(degree, penalty):
    """The gradient of its own objective, at 1e-6 of what a single star contributes times their number."""
    stars = known()
    fitted = CLASSIFIERS.load("logistic")(degree=degree, penalty=penalty).fit(stars, 0)
    from nbody_emulator.fates.models.logistic import products

    terms = np.asarray(products(stars.inputs, degree))
    residuals = stars.answers - expit(terms @ np.asarray(fitted.coefficients) + float(fitted.intercept))
    gradient = terms.T @ residuals - penalty * np.asarray(fitted.coefficients)
    assert np.abs(gradient).max() < 1e-6 * len(terms)
    assert abs(residuals.sum()) < 1e-6 * len(terms)


def test_trees_are_walked_as_scikit_learn_walks_them():
    """To the rounding of a sum over trees, what is missing included."""
    stars = known(fills=False)
    rate, trees, leaves, key = 0.1, 20, 7, 5
    fitted = CLASSIFIERS.load("boosted_trees")(rate=rate, trees=trees, leaves=leaves).fit(stars, key)
    machine = HistGradientBoostingClassifier(
        learning_rate=rate,
        max_iter=trees,
        max_leaf_nodes=leaves,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=key,
    ).fit(stars.inputs, stars.answers)
    assert np.isnan(stars.inputs).any()
    asked = log_odds_of(fitted, stars.prepared, whole(stars.prepared)).ravel()
    np.testing.assert_allclose(asked, machine.decision_function(stars.inputs), rtol=1e-12, atol=1e-12)


def test_the_nearest_stars_are_those_of_scikit_learn():
    """But for the last one, where two are as far to single precision: one in a thousand or so."""
    stars = known()
    neighbours = 15
    fitted = CLASSIFIERS.load("nearest_stars")(neighbours=neighbours).fit(stars, 5)
    near = (
        NearestNeighbors(n_neighbors=neighbours, algorithm="brute")
        .fit(stars.inputs)
        .kneighbors(stars.inputs)[1]
    )
    expected = (stars.answers[near].sum(axis=1) + stars.share) / (neighbours + 1.0)
    asked = expit(log_odds_of(fitted, stars.prepared, whole(stars.prepared)).ravel())
    differs = np.abs(asked - expected) > 1e-12
    assert differs.mean() < 0.01
    np.testing.assert_allclose(asked, expected, atol=1.0 / (neighbours + 1.0) + 1e-12)


@pytest.mark.parametrize("name", EVERY)
def test_the_order_of_stars_and_empty_slots_change_nothing(name):
    """An answer follows its star: to rounding, for sums over stars are taken in another order."""
    rows, _ = planted()
    emulator = fit_stars(rows, fitting(name))
    order = generator(3, "order").permutation(rows.stars.shape[1])
    clusters, stars, present = rows.clusters[:5], rows.stars[:5], rows.present[:5]
    ask = lambda stars, present: log_odds_of(  # noqa: E731
        emulator.model, emulator.prepared(clusters, stars, present), np.arange(5)
    )
    found = ask(stars, present)
    np.testing.assert_allclose(ask(stars[:, order], present), found[:, order], rtol=1e-9, atol=1e-9)
    wider = [
        np.pad(stars, ((0, 0), (0, 6), (0, 0)), constant_values=np.nan),
        np.pad(present, ((0, 0), (0, 6))),
    ]
    np.testing.assert_allclose(ask(*wider)[:, : stars.shape[1]], found, rtol=1e-9, atol=1e-9)
    assert np.isnan(ask(*wider)[:, stars.shape[1] :]).all()


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_learned_of_the_stars_that_are_told_of(name):
    """Other fates in a fold change no bit of what is told there, and something elsewhere."""
    rows, _ = planted()
    held_out = np.isin(rows.blocks, (0, 2))
    other = replace(rows, happened=np.where(held_out[:, None], 1.0 - rows.happened, rows.happened))
    first, second = (cross_validated_fates(each, fitting(name))[1] for each in (rows, other))
    assert first["probability"].values[held_out].tobytes() == second["probability"].values[held_out].tobytes()
    assert (first["probability"].values[~held_out] != second["probability"].values[~held_out]).any()
    assert (first["threshold"].values == second["threshold"].values)[held_out].all()


@pytest.mark.parametrize("name", LEARNING)
def test_the_order_in_which_clusters_arrive_changes_no_bit(name):
    rows, _ = planted()
    order = generator(3, "arrival").permutation(len(rows))
    one, other = (fit_stars(each, fitting(name)) for each in (rows, rows.select(order)))
    asked = one.prepared(rows.clusters, rows.stars, rows.present)
    assert one.facts == other.facts
    told = [log_odds_of(each.model, asked, np.arange(8)).tobytes() for each in (one, other)]
    assert told[0] == told[1]


def test_what_is_missing_is_filled_in_by_the_fold_alone():
    """By the median of the stars whose fates are known, and said so."""
    rows, _ = planted()
    shifted = rows.stars.copy()
    half = np.arange(len(rows)) % 2 == 0
    shifted[~half] += 100.0
    unknown = replace(rows, stars=shifted, happened=np.where(half[:, None], rows.happened, np.nan))
    place = MISSABLE[0]
    preparation = Preparation.of(unknown, fills=True)
    scaled = np.asarray(preparation.stars.forward(unknown.stars[half]))[..., place]
    np.testing.assert_allclose(preparation.medians[place], np.nanmedian(scaled))
    asked = preparation(
        rows.columns, rows.clusters[:1], np.full_like(rows.stars[:1], np.nan), rows.present[:1]
    )
    assert (np.asarray(asked.stars)[0, :, place] == preparation.medians[place]).all()
    assert (np.asarray(asked.stars)[0, :, len(NAMES) :] == 1.0).all()


def test_balanced_stars_are_as_many_of_either_kind_and_all_of_the_rarer():
    stars = known()
    few = stars.balanced(generator(4, "balanced"))
    rarer = min(stars.answers.sum(), (~stars.answers).sum())
    assert few.answers.sum() == (~few.answers).sum() == rarer
    assert set(few.observed.nonzero()[0]) <= set(stars.observed.nonzero()[0])


def test_a_balanced_fit_is_refused_without_any_star_of_one_kind():
    rows, _ = planted()
    nobody = replace(rows, happened=np.zeros_like(rows.happened))
    with pytest.raises(TooFewStars, match="of one there are none"):
        fit_stars(nobody, fitting("prevalence", balanced=True))


@pytest.mark.parametrize("name", [name for name in LEARNING if name != "star_in_set"])
def test_what_no_training_star_has_is_let_be(name):
    rows, _ = planted()
    stars = rows.stars.copy()
    stars[..., list(MISSABLE)] = np.nan
    emulator = fit_stars(replace(rows, stars=stars), fitting(name))
    odds = log_odds_of(emulator.model, emulator.prepared(rows.clusters, stars, rows.present), np.arange(4))
    assert np.isfinite(odds).all()


def test_fits_to_balanced_stars_call_more_often():
    rows, _ = planted()
    shares = [
        np.nanmean(cross_validated_fates(rows, fitting("logistic", balanced=balanced))[1]["probability"])
        for balanced in (False, True)
    ]
    assert shares[0] == pytest.approx(rows.happened.mean(), abs=0.02)
    assert shares[1] > shares[0] + 0.1


def test_a_threshold_costs_least():
    """Against every threshold that there is, with ties, and stars of whom nothing is known."""
    random = generator(8, "threshold")
    for case, cost in product(range(20), (0.2, 1.0, 7.0)):
        odds = np.round(random.normal(size=40), 1 if case % 2 else 6)
        happened = np.where(random.random(40) < expit(odds), 1.0, 0.0)
        happened[:3] = np.nan
        found = cheapest_threshold(odds, happened, cost)
        costs = {each: cost_of_calling(odds, happened, cost, each) for each in (*expit(odds), 1.0)}
        assert cost_of_calling(odds, happened, cost, found) == pytest.approx(min(costs.values()))


def cost_of_calling(odds, happened, miss_cost, threshold):
    called = expit(odds) >= threshold
    return miss_cost * np.sum((happened == 1.0) & ~called) + np.sum((happened == 0.0) & called)


@pytest.mark.parametrize("name", EVERY)
def test_a_fate_that_happens_to_nobody_or_everybody_is_learned_as_that(name):
    rows, _ = planted()
    for answer in (0.0, 1.0):
        emulator = fit_stars(replace(rows, happened=np.full_like(rows.happened, answer)), fitting(name))
        odds = log_odds_of(
            emulator.model, emulator.prepared(rows.clusters, rows.stars, rows.present), np.arange(4)
        )
        assert np.isfinite(odds).all()
        assert (np.abs(expit(odds) - answer) < 0.1).all()


def test_clusters_of_one_point_are_too_few():
    rows, _ = planted()
    with pytest.raises(TooFewStars, match="1 design points"):
        fit_stars(rows.select(np.array([0])), fitting("logistic"))


# The face of it


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fates")
    found = {}
    for name in EVERY:
        emulator = fit_stars(planted()[0], fitting(name))
        emulator.save(folder / f"{name}.eqx")
        found[name] = emulator, folder / f"{name}.eqx"
    return found


@pytest.mark.parametrize("name", EVERY)
def test_what_was_saved_answers_the_same_bits(saved, name):
    emulator, path = saved[name]
    loaded = FateEmulator.load(path)
    cluster = Snapshot(*unequal(9, 77), SOFTENING)
    asked = {"scale_radius": 1.0, "virial_ratio": 0.9}
    assert loaded.facts == emulator.facts
    assert loaded.predict(cluster, asked).tobytes() == emulator.predict(cluster, asked).tobytes()
    loaded.save(path.with_suffix(".again"))
    assert path.with_suffix(".again").read_bytes() == path.read_bytes()


def test_probabilities_are_in_the_order_of_the_stars(saved):
    emulator, _ = saved["boosted_trees"]
    masses, positions, velocities = unequal(9, 77)
    asked = {"scale_radius": 1.0, "virial_ratio": 0.9}
    order = generator(3, "stars").permutation(9)
    found = emulator.predict(Snapshot(masses, positions, velocities, SOFTENING), asked)
    turned = emulator.predict(Snapshot(masses[order], positions[order], velocities[order], SOFTENING), asked)
    assert turned.tobytes() == found[order].tobytes()


def test_wrong_questions_are_refused(saved):
    emulator, path = saved["logistic"]
    cluster = Snapshot(*unequal(9, 77), SOFTENING)
    with pytest.raises(ValueError, match="scale_radius"):
        emulator.predict(cluster, {"scale_radius": 9.0, "virial_ratio": 0.9})
    with pytest.raises(ValueError, match="one value of every parameter"):
        emulator.predict(cluster, {"scale_radius": [1.0, 1.1], "virial_ratio": 0.9})
    still = Snapshot(np.ones(3), np.eye(3), np.zeros((3, 3)), SOFTENING)
    with pytest.raises(ValueError, match="have no scale"):
        emulator.predict(still, {"scale_radius": 1.0, "virial_ratio": 0.9})
    together = np.zeros((3, 3))
    together[2, 0] = 1.0
    unsoftened = Snapshot(np.ones(3), together, np.eye(3), 0.0)
    with pytest.raises(ValueError, match="have no potential"):
        emulator.predict(unsoftened, {"scale_radius": 1.0, "virial_ratio": 0.9})
    with pytest.raises(TypeError, match="give a Snapshot"):
        emulator.predict((np.ones(3), np.eye(3), np.eye(3)), {"scale_radius": 1.0, "virial_ratio": 0.9})
    with pytest.raises(ValueError, match="tells the fate of stars: load it with"):
        Emulator.load(path)


def test_the_documented_question_is_answered(tmp_path, monkeypatch):
    rows, _ = planted()
    orbit = Parameter("galactocentric_radius", "kpc", 1.0, 10.0, "log")
    known_orbit = np.column_stack([np.geomspace(1.0, 10.0, len(rows)), rows.clusters])
    wider = replace(rows, columns=(orbit, *rows.columns), clusters=known_orbit)
    place = tmp_path / "results/fates/fates/escape"
    place.mkdir(parents=True)
    fit_stars(wider, fitting("logistic")).save(place / "logistic.eqx")
    monkeypatch.chdir(tmp_path)
    masses, positions, velocities = unequal(9, 77)
    said = {"masses": masses, "positions": positions, "velocities": velocities}
    exec(PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0], said)
    assert ((said["answer"] > 0.0) & (said["answer"] < 1.0)).all()
    assert set(said["called"]) <= set(range(9))


def test_another_file_is_refused(tmp_path):
    from nbody_emulator.emulators import shipped

    with pytest.raises(ValueError, match="does not tell the fates of stars"):
        FateEmulator.load(shipped.path_of("laptop/linear"))
    (tmp_path / "no.eqx").write_text("no\n")
    with pytest.raises(ValueError, match="not an emulator"):
        FateEmulator.load(tmp_path / "no.eqx")


def test_records_say_what_every_fit_has_seen():
    rows, _ = planted()
    _, told, record = cross_validated_fates(rows, fitting("prevalence"))
    assert record["fitted_without"].values.tolist() == [0, 1, -1]
    seen = record["seen"].values > 0
    names = record["seen_name"].values.astype(str)
    for fit, fold in enumerate((0, 1)):
        held_out = set(rows.groups[told["fold"].values == fold])
        assert held_out == set(names[~seen[fit]])
    assert seen[2].all()
    assert isinstance(told, xr.Dataset)
