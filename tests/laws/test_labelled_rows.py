"""Rows with labels stand beside rows of the same labels, at every door that takes several arrays, or are refused."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from emulators_samples import curved, fitted, planted, points_of
from simulation_samples import cluster

from nbody_emulator.own_runs import table_of
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.simulation import Tide, evolve, integrate, integrate_many, start
from nbody_emulator.summaries.snapshot import Snapshot

STARS = 6
MASS = Parameter("mass", "Msun", 1.0, 10.0, "linear")
LIFE = Output("life", "life", 1.0, "Myr", "identity", 0.0)
OTHER_ROWS = r"other labels of rows|other coordinates|other rows|other dimensions|begins with the dimensions"


def stars_of_test():
    return cluster(STARS, softening=0.1)


def run(masses, positions, velocities):
    return integrate(masses, positions, velocities, [0.0, 0.1], softening=0.1, step=0.05).positions


def begun(masses, positions, velocities):
    return start(masses, positions, velocities, 0.0, softening=0.1, step=0.05).run.integrator_state[0]


def differentiable(masses, positions, velocities):
    return evolve(masses, positions, velocities, 0.1, steps=2, softening=0.1)[0]


def snapshot(masses, positions, velocities):
    return Snapshot(masses, positions, velocities, 0.1).positions


def table(masses, positions, velocities):
    """A door of columns: the first component of each vector is an output."""
    first = positions[:, 0] if isinstance(positions, np.ndarray | xr.DataArray) else positions.iloc[:, 0]
    outputs = {"life": first}
    return table_of((MASS,), (LIFE,), {"mass": masses}, outputs, groups=None).values


DOORS = (run, begun, differentiable, snapshot, table)


def as_pandas(stars):
    index = [f"star {number}" for number in range(STARS)]
    masses, *vectors = stars
    return [pd.Series(masses, index), *(pd.DataFrame(each, index, list("xyz")) for each in vectors)]


def as_xarray(stars):
    star = {"star": np.arange(STARS) + 7}
    masses, *vectors = stars
    return [
        xr.DataArray(masses, star, "star"),
        *(xr.DataArray(each, star | {"axis": list("xyz")}, ("star", "axis")) for each in vectors),
    ]


def reversed_rows(each):
    return each.iloc[::-1] if hasattr(each, "iloc") else each.isel(star=slice(None, None, -1))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("labelled", [as_pandas, as_xarray])
def test_labels_that_agree_change_nothing(door, labelled):
    stars = stars_of_test()
    np.testing.assert_array_equal(door(*labelled(stars)), door(*stars))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("labelled", [as_pandas, as_xarray])
@pytest.mark.parametrize("place", [0, 1])
def test_rows_in_another_order_are_refused(door, labelled, place):
    given = labelled(stars_of_test())
    given[place] = reversed_rows(given[place])
    with pytest.raises(ValueError, match=OTHER_ROWS):
        door(*given)


@pytest.mark.parametrize("door", [run, begun, differentiable, snapshot])
def test_components_in_another_order_are_refused(door):
    masses, positions, velocities = as_pandas(stars_of_test())
    with pytest.raises(
        ValueError, match="positions has the columns z, y, x; bring them into the order x, y, z"
    ):
        door(masses, positions[["z", "y", "x"]], velocities)
    masses, positions, velocities = as_xarray(stars_of_test())
    with pytest.raises(ValueError, match="velocities has the columns y, z, x"):
        door(masses, positions, velocities.isel(axis=[1, 2, 0]))


def test_transposed_vectors_are_refused_even_of_three_stars():
    masses, positions, velocities = (each[:3] for each in as_xarray(stars_of_test()))
    with pytest.raises(ValueError, match="begins with the dimensions"):
        run(masses, positions.transpose("axis", "star"), velocities.transpose("axis", "star"))


def test_design_points_of_runs_are_rows_too():
    masses, positions, _ = as_pandas(stars_of_test())
    groups = pd.Series(np.arange(STARS) // 2, masses.index)
    made = table_of((MASS,), (LIFE,), {"mass": masses}, {"life": positions["x"]}, groups=groups)
    assert made.groups.tolist() == [0, 0, 1, 1, 2, 2]
    with pytest.raises(ValueError, match=OTHER_ROWS):
        table_of((MASS,), (LIFE,), {"mass": masses}, {"life": positions["x"]}, groups=groups.iloc[::-1])


WRONG_VALUES = {
    "masses must not be negative": {"masses": -1.0},
    "softening must be finite and not negative": {"softening": -0.1},
    "softening must be finite and not negative, not inf": {"softening": np.inf},
    r"tide\.radial must lie between 0": {"tide": Tide(0.1, 7.0)},
    "longest_step .* is above": {"longest_step": 1e9},
}
"""What no run is begun with -> what is changed; masses are multiplied."""


def one(stars, softening, tide, longest_step):
    settings = {"accuracy": 0.1, "longest_step": longest_step, "integrator": "hermite4"}
    integrate(*stars, [0.0, 0.1], softening=softening, tide=tide, **settings)


def many(stars, softening, tide, longest_step):
    settings = {"accuracy": np.full(2, 0.1), "longest_step": np.array([0.1, longest_step])}
    integrate_many(
        *(np.stack([good, bad]) for good, bad in zip(stars_of_test(), stars, strict=True)),
        np.tile([0.0, 0.1], (2, 1)),
        softening=np.array([0.1, softening]),
        tide=Tide(np.array([0.1, tide.angular_speed]), np.array([2.0, tide.radial])),
        integrator="hermite4",
        **settings,
    )


def gradient(stars, softening, tide, longest_step):
    del longest_step
    evolve(*stars, 0.1, steps=2, softening=softening, tide=tide)


@pytest.mark.parametrize(
    ("door", "words"),
    [
        (door, words)
        for door in (one, many, gradient)
        for words in WRONG_VALUES
        if not (door is gradient and words.startswith("longest"))  # evolve takes a number of steps
    ],
)
def test_what_one_run_refuses_batches_and_gradients_refuse(door, words):
    given = {"masses": 1.0, "softening": 0.1, "tide": Tide(0.1, 2.0), "longest_step": 0.1} | WRONG_VALUES[
        words
    ]
    masses, *vectors = stars_of_test()
    stars = (masses * np.where(np.arange(STARS) == 2, given.pop("masses"), 1.0), *vectors)
    with pytest.raises(ValueError, match=words):
        door(stars, **given)


def test_a_differentiable_run_that_is_not_finite_is_refused():
    masses, positions, velocities = stars_of_test()
    positions = np.where(np.arange(STARS)[:, None] == 1, np.nan, positions)
    with pytest.raises(ValueError, match="must be finite"):
        evolve(masses, positions, velocities, 0.1, steps=2, softening=0.1)


def test_an_emulator_for_jax_takes_one_bare_point():
    import astropy.units

    emulator = fitted("linear", planted(curved, 60, "answers"))
    point = np.array([3.0, 1.2, 0.7])
    emulator.distribution(point)
    with pytest.raises(TypeError, match="theta must be bare numbers"):
        emulator.distribution(point * astropy.units.kg)
    for shape in ((2,), (4, 3), ()):
        with pytest.raises(ValueError, match=r"theta must be one point \(.*\), not of the shape"):
            emulator.distribution(np.ones(shape))
    assert set(points_of(planted(curved, 3, "names"))) == {each.name for each in emulator.parameters}


def test_a_snapshot_holds_stars_alone():
    masses, positions, velocities = stars_of_test()
    for wrong, words in (
        ((masses * (np.arange(STARS) > 0), positions, velocities), "leave out tracers"),
        ((masses, positions.T, velocities.T), r"positions must have the shape \(N, 3\)"),
        ((masses, positions[None], velocities[None]), r"positions must have the shape \(N, 3\)"),
        ((masses.tolist(), positions, velocities[:-1]), r"velocities must have the shape \(N, 3\)"),
    ):
        with pytest.raises(ValueError, match=words):
            Snapshot(*wrong, 0.1)
    with pytest.raises(TypeError, match="masses must not be masked"):
        Snapshot(np.ma.masked_array(masses, np.arange(STARS) == 2), positions, velocities, 0.1)
