"""Emulators that see the stars: their order and what no rotation changes say nothing, and a planted rule is found."""

from dataclasses import replace
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from emulators_samples import fitted, planted

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.models.star_frames import rotated
from nbody_emulator.emulators.rows import by_name
from nbody_emulator.features.register import FEATURES
from nbody_emulator.features.stars import QUANTITIES, star_covariates, star_values
from nbody_emulator.features.start import Start
from nbody_emulator.features.view import seen_of
from nbody_emulator.inference import infer
from nbody_emulator.streams import generator

PAGE = Path(__file__).parents[2] / "docs/stars.md"
STARS, SLOTS = 10, 12
FEATURES_GIVEN = ("total_mass",)
TUNING = {"candidates": 1, "folds": 2}
ROUNDING = 1e-12
"""Sums over some ten stars, and a few layers of some ten units, lose four or so bits of 52."""

VARIANTS = {
    "invariant": {"frame": "invariant"},
    "attention": {"frame": "invariant", "pooling": "attention"},
    "rotated": {"frame": "rotated"},
    "fixed": {"frame": "fixed", "pooling": "attention"},
}


def starts(runs: int, name: str) -> list[Start]:
    random = generator(11, "stars", name)
    return [
        Start(
            random.lognormal(size=STARS), random.normal(size=(STARS, 3)), random.normal(size=(STARS, 3)), 0.0
        )
        for _ in range(runs)
    ]


def rule(start: Start) -> np.ndarray:
    """Three numbers that single stars decide and no parameter: of their radii and speeds, weighed by mass or not."""
    radii = start.radii / start.half_mass_radius
    speeds = np.sum(start.centered_velocities**2, axis=1) / start.velocity_dispersion**2
    return np.array(
        [np.mean(np.tanh(radii**2)), np.mean(np.tanh(speeds)), np.sum(start.shares * np.tanh(radii))]
    )


def seen_table(runs: int, name: str, role: str = "training"):
    """Runs whose outputs are the rule, to a hundredth, and know nothing of the parameters."""
    table = planted(lambda axes: np.zeros_like(axes), runs, name, role=role)
    clusters = starts(runs, name)
    targets = 5.0 * np.array([rule(each) for each in clusters])
    targets += 0.01 * generator(11, "noise", name).standard_normal(targets.shape)
    seen = [list(seen_of(each, FEATURES_GIVEN, SLOTS).values()) for each in clusters]
    covariates = [FEATURES.load(each).covariate for each in FEATURES_GIVEN] + list(star_covariates(SLOTS))
    given = {"covariates": tuple(covariates), "seen": np.array(seen)}
    return replace(table, targets=targets, values=np.exp(targets), **given)


@pytest.fixture(scope="module")
def of():
    """Variant -> emulator, fitted once, and soon."""
    made = {}

    def get(variant):
        if variant not in made:
            settings = {"members": 2, "epochs": 20, **VARIANTS[variant]}
            made[variant] = fitted("deep_sets", seen_table(40, "few"), settings=settings, tuning=TUNING)
        return made[variant]

    return get


def asked(emulator, table, change=lambda stars: stars):
    """Means and variances of all rows, after a change of their stars (n, slots, 8)."""
    given = table.seen.copy()
    stars = given[:, len(FEATURES_GIVEN) :].reshape(len(table), SLOTS, len(QUANTITIES))
    given[:, len(FEATURES_GIVEN) :] = np.asarray(change(stars)).reshape(len(table), -1)
    prediction = emulator.predict(by_name(replace(table, seen=given)))
    return np.stack([prediction.transformed_mean, prediction.transformed_variance])


def test_what_a_scale_has_no_number_for_is_refused_by_name():
    table = seen_table(40, "few")
    table.seen[3, 0] = 0.0
    with pytest.raises(
        ValueError, match=r"run 3 \(of 1 such\) has total_mass = 0, which can be above 0 Msun"
    ):
        fitted("linear", replace(table, covariates=table.covariates[:1], seen=table.seen[:, :1]))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_order_of_stars_says_nothing(variant, of):
    table = seen_table(6, "asked", role="noise")
    order = generator(11, "order").permutation(SLOTS)
    answers = asked(of(variant), table)
    np.testing.assert_allclose(
        asked(of(variant), table, lambda stars: stars[:, order]), answers, rtol=ROUNDING, atol=ROUNDING
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_rotations_and_reflections_say_nothing_where_that_is_built_in(variant, of):
    table = seen_table(6, "asked", role="noise")
    turn = jnp.asarray(np.linalg.qr(generator(11, "turn").normal(size=(3, 3)))[0])
    answers = asked(of(variant), table)
    turned = asked(of(variant), table, lambda stars: rotated(jnp.asarray(stars), turn))
    moved = np.max(np.abs(turned - answers))
    assert (moved < ROUNDING) == (VARIANTS[variant]["frame"] == "invariant")


@pytest.mark.parametrize("variant", VARIANTS)
def test_empty_slots_are_no_stars(variant, of):
    # What stands in a slot of no mass is not read.
    table = seen_table(6, "asked", role="noise")

    def filled(stars):
        return np.where(stars[..., :1] > 0.0, stars, [0.0, *[3.0] * 7])

    np.testing.assert_array_equal(asked(of(variant), table, filled), asked(of(variant), table))


def test_a_planted_rule_of_single_stars_is_found_and_features_alone_do_not_tell_it():
    training, fresh = seen_table(300, "many"), seen_table(300, "fresh", role="noise")
    whole = len(FEATURES_GIVEN)
    errors = {}
    for family, width in (("deep_sets", training.seen.shape[1]), ("network", whole)):
        given = [
            replace(each, covariates=each.covariates[:width], seen=each.seen[:, :width])
            for each in (training, fresh)
        ]
        settings = {"members": 2, "epochs": 200}
        emulator = fitted(family, given[0], settings=settings, tuning=TUNING)
        residuals = given[1].targets - emulator.predict(by_name(given[1])).transformed_mean
        errors[family] = np.mean(residuals**2, axis=0) / np.var(given[1].targets, axis=0)
    # Who is told of no star cannot know it; who is, finds nine tenths of the variance from 300 clusters.
    assert np.all(errors["network"] > 0.8)
    assert np.all(errors["deep_sets"] < 0.1)


def test_an_emulator_of_stars_is_saved_whole_and_says_what_it_takes(of, tmp_path):
    emulator, table = of("attention"), seen_table(6, "asked", role="noise")
    emulator.save(tmp_path / "stars.eqx")
    again = Emulator.load(tmp_path / "stars.eqx")
    assert again.parameters == emulator.parameters
    assert again.content == emulator.content
    np.testing.assert_array_equal(asked(again, table), asked(emulator, table))
    assert "total_mass (above 0 Msun), every star" in repr(again)


def test_posteriors_of_observed_clusters_are_refused_for_nobody_has_seen_them_before(of):
    table = seen_table(3, "asked", role="noise")
    observed = {output.name: value for output, value in zip(table.outputs, table.values[0], strict=True)}
    with pytest.raises(
        ValueError, match="is given total_mass, star_1_mass, star_1_x and 94 more numbers of the stars"
    ):
        infer(of("invariant"), observed)


def test_stars_as_they_are_drawn_are_what_it_is_asked_with(of):
    emulator, table = of("invariant"), seen_table(3, "asked", role="noise")
    first = starts(3, "asked")[0]
    point = {each.name: table.inputs[0, place] for place, each in enumerate(table.parameters)}
    answer = emulator.predict(point | seen_of(first, FEATURES_GIVEN, SLOTS))
    np.testing.assert_allclose(answer.transformed_mean, asked(emulator, table)[0, 0], rtol=ROUNDING)
    assert star_values(first, SLOTS).shape == (SLOTS, len(QUANTITIES))


def test_the_documented_question_is_answered(tmp_path, monkeypatch):
    table = seen_table(40, "few")
    alone = replace(table, covariates=table.covariates[:1], seen=table.seen[:, :1])
    place = tmp_path / "results/stars/tasks/mass"
    place.mkdir(parents=True)
    fitted("linear", alone).save(place / "network.eqx")
    monkeypatch.chdir(tmp_path)
    first = starts(1, "asked")[0]
    said = {"masses": first.masses, "positions": first.positions, "velocities": first.velocities}
    exec(PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0], said)
    assert np.all(np.isfinite(said["answer"].transformed_mean))
