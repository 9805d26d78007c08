"""What a run cannot be asked for is refused in one line, with its name, what was given and what would be right."""

import numpy as np
import pytest
import xarray as xr
from simulation_samples import cluster

from nbody_emulator.simulation import Mergers, Tide, evolve, follow, integrate, integrate_many, start

STARS = cluster(8, softening=0.05)
MASSES, POSITIONS, VELOCITIES = STARS
LEAPFROG = {"softening": 0.05, "step": 0.01}
HERMITE = {"softening": 0.05, "integrator": "hermite4", "accuracy": 0.02, "longest_step": 0.125}
TIMES = [0.0, 0.9, 1.7, 3.0]


def refused_in_one_line(kind: type[Exception], words: str, call) -> bool:
    with pytest.raises(kind, match=words) as caught:
        call()
    return len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("kind", "words", "given"),
    [
        (ValueError, "abandon_above must not be negative .*nan", {"abandon_above": np.nan}),
        (ValueError, "abandon_above must not be negative .*-1.0", {"abandon_above": -1.0}),
        (TypeError, "abandon_above must be a real number.*None", {"abandon_above": None}),
        (TypeError, r"tide must be a Tide\(angular_speed, radial\), not 0.03", {"tide": 0.03}),
        (TypeError, "tide must be a Tide.* not None", {"tide": None}),
        (ValueError, "energy add up to inf .* must be finite", {"tide": Tide(1e300, 2.0)}),
        (ValueError, "most_steps must be at least 1 .* not 1e\\+30", {"most_steps": 1e30}),
        (TypeError, "tide.angular_speed must be a real number.*'fast'", {"tide": Tide("fast", 2.0)}),
        (TypeError, r"mergers must be Mergers\(star_radius, ...\) or None, not 0.1", {"mergers": 0.1}),
        (TypeError, "mergers.star_radius must be a real number.*True", {"mergers": Mergers(True)}),
        (ValueError, "softening must be finite and not negative, not nan", {"softening": np.nan}),
        (ValueError, "softening must be finite and not negative, not -1.0", {"softening": -1}),
        (TypeError, "softening must be a real number.*'0.1'", {"softening": "0.1"}),
        (TypeError, "step must be a real number.*'0.01'", {"step": "0.01"}),
        (TypeError, "step must be a real number.*True", {"step": True}),
        (TypeError, "step must be a real number.*None", {"step": None}),
        (ValueError, r"step must be one number, not the shape \(1,\)", {"step": [0.01]}),
        (ValueError, "integrator must be one of leapfrog, .* not 'leap'", {"integrator": "leap"}),
        (ValueError, "integrator must be one of leapfrog, .* not None", {"integrator": None}),
    ],
)
def test_a_wrong_argument_is_named(kind, words, given):
    assert refused_in_one_line(kind, words, lambda: integrate(*STARS, TIMES, **(LEAPFROG | given)))


@pytest.mark.parametrize(
    ("kind", "words", "given"),
    [
        (TypeError, "accuracy must be a real number.*'fine'", {"accuracy": "fine"}),
        (TypeError, "corrector_passes must be a real number.*True", {"corrector_passes": True}),
        (ValueError, "corrector_passes must be a whole number, not 1.5", {"corrector_passes": 1.5}),
        (ValueError, "step_floor 1e-20 is below .*; give at least", {"step_floor": 1e-20}),
        (
            ValueError,
            "longest_step 1000000.0 is above .*; lower it, or give a step_floor",
            {"longest_step": 1e6},
        ),
    ],
)
def test_a_wrong_setting_of_hermites_schemes_is_named(kind, words, given):
    assert refused_in_one_line(kind, words, lambda: integrate(*STARS, TIMES, **(HERMITE | given)))


@pytest.mark.parametrize(
    ("kind", "words", "place", "given"),
    [
        (ValueError, r"masses must have the shape \(N,\), not the shape \(8, 1\)", 0, MASSES[:, None]),
        (ValueError, "masses must have the shape", 0, 1.0),
        (ValueError, "masses must not be empty", 0, []),
        (TypeError, "masses must be real numbers .*'1.0'", 0, MASSES.astype(str)),
        (TypeError, "masses must be real numbers .*None", 0, None),
        (TypeError, "masses must be real numbers", 0, MASSES + 0j),
        (TypeError, "masses must be real numbers", 0, [[1.0], [1.0, 2.0]]),
        (ValueError, "masses must be zero or at least 2.23e-308", 0, np.r_[MASSES[:7], 1e-310]),
        (ValueError, r"positions must have the shape \(8, 3\), not the shape \(3, 8\)", 1, POSITIONS.T),
        (TypeError, "velocities must be real numbers .*None", 2, None),
        (ValueError, "energy add up to inf .* must be finite", 2, 1e200 * VELOCITIES),
        (TypeError, "masses must not be masked, as masked_array", 0, np.ma.masked_less(MASSES, 2.0)),
        (TypeError, "times must be real numbers .*None", 3, None),
        (ValueError, r"times must have the shape \(T,\)", 3, [TIMES, TIMES]),
    ],
)
def test_stars_and_times_of_another_shape_or_kind_are_named(kind, words, place, given):
    arrays = [*STARS, TIMES]
    arrays[place] = given
    assert refused_in_one_line(kind, words, lambda: integrate(*arrays, **LEAPFROG))


def test_what_is_followed_must_be_a_run():
    begun = start(*STARS, 0.0, **LEAPFROG)
    assert refused_in_one_line(TypeError, "checkpoint must be what `start`", lambda: follow(begun.run, TIMES))
    assert refused_in_one_line(
        ValueError, "abandon_above", lambda: follow(begun, TIMES, abandon_above=np.nan)
    )
    assert refused_in_one_line(ValueError, "times must be ascending", lambda: follow(begun, []))
    assert refused_in_one_line(
        TypeError, "time must be a real number", lambda: start(*STARS, None, **LEAPFROG)
    )


@pytest.mark.parametrize(
    ("kind", "words", "given"),
    [
        (ValueError, r"step must have the shape \(2,\), not the shape \(\)", {"step": 0.01}),
        (ValueError, r"softening must have the shape \(2,\)", {"softening": 0.05}),
        (ValueError, r"tide.angular_speed must have the shape \(2,\)", {"tide": Tide()}),
        (ValueError, r"masses must have the shape \(W, N\)", {"masses": MASSES}),
        (ValueError, r"times must have the shape \(2, T\)", {"times": TIMES}),
        (ValueError, "leapfrog needs step", {"step": None}),
        (ValueError, "abandon_above", {"abandon_above": np.nan}),
    ],
)
def test_many_runs_need_an_axis_over_runs(kind, words, given):
    two = {
        **{name: np.stack([array] * 2) for name, array in STARS._asdict().items()},
        "times": [TIMES] * 2,
        "softening": [0.05] * 2,
        "tide": Tide(np.zeros(2), np.zeros(2)),
        "step": [0.01] * 2,
    }
    given = {name: value for name, value in (two | given).items() if value is not None}
    assert refused_in_one_line(
        kind, words, lambda: integrate_many(**{"integrator": "leapfrog", "abandon_above": np.inf, **given})
    )


def test_a_column_of_a_dataset_is_plain_numbers():
    masses = xr.DataArray(MASSES, attrs={"units": "Msun"})
    assert integrate(masses, POSITIONS, VELOCITIES, TIMES, **LEAPFROG).finished


@pytest.mark.parametrize(
    ("kind", "words", "given"),
    [
        (
            ValueError,
            r"positions must have the shape \(8, 3\), not the shape \(3, 8\)",
            {"positions": POSITIONS.T},
        ),
        (TypeError, "masses must be real numbers", {"masses": "heavy"}),
        (ValueError, "steps must be at least 1 .* not 0", {"steps": 0}),
        (ValueError, "steps must be a whole number, not 1.5", {"steps": 1.5}),
        (TypeError, "tide must be a Tide", {"tide": 0.03}),
        (TypeError, "method must be a function such as `leapfrog`, not 'leapfrog'", {"method": "leapfrog"}),
        (TypeError, "duration must be a real number.*None", {"duration": None}),
        (ValueError, r"softening must be one number, not the shape \(2,\)", {"softening": [0.1, 0.2]}),
    ],
)
def test_a_run_to_be_differentiated_is_checked_too(kind, words, given):
    right = {**STARS._asdict(), "duration": 1.0, "steps": 2, "softening": 0.05}
    assert refused_in_one_line(kind, words, lambda: evolve(**(right | given)))
