"""The door for clusters drawn by hand: whatever is asked, one line says what is wrong, or the stars are as asked."""

import math
import signal
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from nbody_emulator.simulation import draw
from nbody_emulator.simulation.initial_conditions import measure_virial_ratio
from nbody_emulator.simulation.register import MASS_FUNCTIONS, PROFILES

LONGEST = 20
"""Seconds that a call may take, on a busy machine: the slowest, the first King model, takes one."""

ODD = some.sampled_from(
    [None, True, "plummer", "64", math.nan, math.inf, -1.0, 0.0, 1e300, [], {}, 1 + 2j, "1,5"]
)
ODD |= some.floats() | some.integers() | some.text(max_size=3)
ODD |= some.just(np.ones(2)) | some.floats(0.1, 10.0).map(np.float32) | some.integers(2, 99).map(np.int64)
WIDTHS = some.floats(1e-3, 1e3) | some.sampled_from([1.0, 1e-12, 1e12])
MASSES = some.floats(0.01, 100.0) | some.sampled_from([1e-12, 0.08, 0.5, np.nextafter(0.5, 1.0), 1e16])
KEYS = ("stars", "profile", "king_depth", "segregation", "masses", "minimum", "maximum", "mass", "function")
STRANGE = some.sampled_from([*KEYS, "segregaton", "softening", "", 3])


@some.composite
def asked(pick):
    """What a person may ask: right things, of which up to two are then replaced, removed, or added elsewhere."""
    cluster = {"stars": pick(some.integers(2, 40)), "masses": pick(mass_functions())}
    if (profile := pick(some.sampled_from([None, *PROFILES.names]))) is not None:
        cluster["profile"] = profile
    if profile == "king":
        cluster["king_depth"] = pick(some.floats(0.5, 16.0))
    if pick(some.booleans()):
        cluster["segregation"] = pick(some.floats(0.0, 1.0))
    width, share = pick(WIDTHS), pick(some.sampled_from([0.0, 1e-3, 0.5]))
    whole = {"scale_radius": width, "virial_ratio": pick(some.floats(1e-6, 1.99)), "softening": share * width}
    whole["cluster"] = cluster
    for _ in range(pick(some.integers(0, 2))):
        spoil(whole, pick)
    return whole


@some.composite
def mass_functions(pick):
    function = pick(some.sampled_from(MASS_FUNCTIONS.names))
    keys = MASS_FUNCTIONS.load(function).setting_names()
    return {"function": function} | dict(zip(keys, sorted(pick(MASSES) for _ in keys), strict=True))


def spoil(whole, pick):
    """Change one thing, in place: of the whole, of the cluster or of its masses."""
    sections = [whole, whole["cluster"]]
    sections += [
        section["masses"] for section in sections[1:] if isinstance(section, dict) and "masses" in section
    ]
    section = pick(some.sampled_from([section for section in sections if isinstance(section, dict)]))
    if section is whole:
        section[pick(some.sampled_from(sorted(whole)))] = pick(ODD)
    elif pick(some.booleans()) and section:
        del section[pick(some.sampled_from(sorted(section, key=str)))]
    else:
        section[pick(STRANGE)] = pick(
            ODD | some.floats(0.0, 100.0) | some.sampled_from([*PROFILES.names, "equal"])
        )


@contextmanager
def time_bound():
    def ring(*_):
        raise AssertionError(f"draw took more than {LONGEST} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(asked(), some.integers(0, 2**32))
@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="a hang is told by Unix's alarm")
def test_draw_refuses_in_one_line_or_gives_what_was_asked(whole, seed):
    try:
        with time_bound():
            stars = draw(**whole, generator=np.random.default_rng(seed))
    except (ValueError, TypeError) as error:
        assert len(str(error).splitlines()) == 1
        assert any(str(error).startswith(key) for key in whole)
        return
    cluster, masses = whole["cluster"], whole["cluster"]["masses"]
    assert stars.masses.shape == (cluster["stars"],) and stars.positions.shape == (cluster["stars"], 3)
    assert all(np.all(np.isfinite(column)) for column in stars)
    low, high = (masses.get(key, masses.get("mass")) for key in ("minimum", "maximum"))
    # The inverse of a power law rounds: to 1e-16 of its largest number, which a wide range makes less of its least.
    assert np.all((stars.masses >= low * (1.0 - 1e-6)) & (stars.masses <= high * (1.0 + 1e-6)))
    found = measure_virial_ratio(*stars, float(whole["softening"]))
    assert found == pytest.approx(float(whole["virial_ratio"]), rel=1e-6)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("cluster.segregaton: unknown key; did you mean 'segregation'?", {"segregaton": 1.0}),
        ("cluster.softening: unknown key", {"softening": 0.1}),
        ("cluster.king_depth: 0.0 is out of range", {"profile": "king", "king_depth": 0}),
        ("cluster.king_depth: missing; the profile king needs it", {"profile": "king"}),
        (
            "cluster.masses.minimum: 50.0 is not below cluster.masses.maximum 0.08",
            {"minimum": 50.0, "maximum": 0.08},
        ),
        ("cluster.masses: 'kroupa' is text", {"masses": "kroupa"}),
    ],
)
def test_what_is_wrong_is_told_by_its_key(words, changes):
    masses = {"function": "kroupa", "minimum": 0.08, "maximum": 50.0}
    masses |= {key: value for key, value in changes.items() if key in masses}
    cluster = {"stars": 8, "masses": masses} | {
        key: value for key, value in changes.items() if key not in masses
    }
    with pytest.raises(ValueError) as told:
        draw(cluster, scale_radius=1.0, virial_ratio=1.0, softening=0.01, generator=np.random.default_rng(1))
    assert str(told.value).startswith(words)
