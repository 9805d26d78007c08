"""Experiments with given stars: what cannot be meant is refused in one line, with a remedy that works."""

import copy
import functools
import shutil
from pathlib import Path

import pytest

from nbody_emulator.configuration.description import describe, physics
from nbody_emulator.configuration.file import read, validated
from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.states import read_stars, write_stars

ROOT = Path(__file__).parents[2]
GONE = object()
"""Stands for a key that is taken away."""
KEY = "cluster.initial_conditions"
FOLDER = "examples/given/clusters"
FIRST = f"{FOLDER}/first.csv"
KROUPA = {"function": "kroupa", "minimum": 0.08, "maximum": 50.0}


@functools.cache
def shipped(name):
    return read(ROOT / "config" / f"{name}.yaml")


def changed(config, changes):
    config = copy.deepcopy(config)
    for path, value in changes.items():
        *above, last = path.split(".")
        section = functools.reduce(lambda part, name: part.setdefault(name, {}), above, config)
        if value is GONE:
            del section[last]
        else:
            section[last] = value
    return config


@pytest.fixture(autouse=True)
def examples(tmp_path, monkeypatch):
    """A folder of its own, with the shipped stars and some that are none."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples/given", "examples/given")
    stars = read_stars(FIRST)
    write_stars("fort.10", *stars, mass_unit="5 Msun", length_unit="2 pc")
    write_stars("rest.csv", stars.masses, stars.positions, 0.0 * stars.velocities)
    shutil.copy(FIRST, "first.dat")
    for name in ("empty", "linked", "nested/within"):
        Path(name).mkdir(parents=True)
    Path("linked/gone.csv").symlink_to("nowhere.csv")
    Path("words.csv").write_text("m [Msun]\n1\n")


def refused(changes, key, *words):
    """Those of the words that the one line, which begins with the key, has not."""
    with pytest.raises(ConfigurationError) as caught:
        validated(changed(shipped("given"), changes))
    told = str(caught.value)
    assert told.startswith(f"{key}: ") and "; " in told and len(told.splitlines()) == 1, told
    return [word for word in words if word not in told]


FILE = {f"{KEY}.file": FIRST, f"{KEY}.folder": GONE}


def of(path, **keys):
    """The stars of this file."""
    return FILE | {f"{KEY}.file": path} | {f"{KEY}.{name}": value for name, value in keys.items()}


# What is wrong -> (changes, key, words, changes that mend it)
FILES = {
    "both": ({f"{KEY}.file": FIRST}, KEY, ("exactly one",), {}),
    "neither": ({f"{KEY}.folder": GONE}, KEY, ("exactly one",), {f"{KEY}.folder": FOLDER}),
    "no such file": (of("none.csv"), f"{KEY}.file", ("'none.csv' is not there", "paths begin"), of(FIRST)),
    "no such folder": (
        {f"{KEY}.folder": "none"},
        f"{KEY}.folder",
        ("is not there",),
        {f"{KEY}.folder": FOLDER},
    ),
    "an empty folder": (
        {f"{KEY}.folder": "empty"},
        f"{KEY}.folder",
        ("holds no files",),
        {f"{KEY}.folder": FOLDER},
    ),
    "an ending of no format": (
        of("first.dat"),
        f"{KEY}.file",
        ("give format, one of csv",),
        of("first.dat", format="csv"),
    ),
    "no columns": (of("words.csv"), f"{KEY}.file", ("words.csv: there is no column x",), of(FIRST)),
    "another format": (
        of(FIRST, format="mcluster"),
        f"{KEY}.file",
        ("name the format it has: csv",),
        of(FIRST, format="csv"),
    ),
    "an unknown format": (of(FIRST, format="cvs"), f"{KEY}.format", ("'csv'",), of(FIRST, format="csv")),
    "units that are not told": (
        of("fort.10"),
        f"{KEY}.file",
        ("give mass_unit", "length_unit"),
        of("fort.10", mass_unit=5.0, length_unit=2.0),
    ),
    "one unit alone": (
        of("fort.10", mass_unit=5.0),
        f"{KEY}.file",
        ("length_unit",),
        of("fort.10", mass_unit=5.0, length_unit=2.0),
    ),
    "a folder within": (
        {f"{KEY}.folder": "nested"},
        f"{KEY}.folder",
        ("'nested/within' is a folder", "remove it"),
        {f"{KEY}.folder": FOLDER},
    ),
    "a link that leads nowhere": (
        {f"{KEY}.folder": "linked"},
        f"{KEY}.folder",
        ("'linked/gone.csv' is a link that leads nowhere", "remove it"),
        {f"{KEY}.folder": FOLDER},
    ),
    "units told twice": (of(FIRST, mass_unit=5.0), f"{KEY}.mass_unit", ("remove it",), of(FIRST)),
    "a virial ratio of stars at rest": (
        of("rest.csv"),
        "parameters.virial_ratio",
        ("rest.csv do not move", "remove it"),
        of("rest.csv")
        | {"parameters": {"softening_length": {"minimum": 0.01, "maximum": 0.02}}, "cluster.softening": GONE},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_hold_no_stars_are_refused(name):
    changes, key, words, mended = FILES[name]
    assert not refused(changes, key, *words)
    assert validated(changed(shipped("given"), mended)).given_stars


DRAWN = {
    "cluster.profile": "plummer",
    "cluster.stars": 100,
    "cluster.segregation": 0.5,
    "cluster.masses": KROUPA,
    "cluster.king_depth": 6.0,
    "parameters.stars": {"minimum": 10, "maximum": 100},
    "parameters.king_depth": 6.0,
    "parameters.maximum_mass": 30.0,
    "alternatives": {"king": {"profile": "king", "king_depth": 6.0}},
    "tasks": {"mass": {"features": ["total_mass"], "emulators": {"linear": {}}}},
    "fates": {"left": {"fate": "escape", "classifiers": {"prevalence": {}, "logistic": {}}}},
}


@pytest.mark.parametrize("key", DRAWN)
def test_what_draws_stars_is_refused_beside_given_ones(key):
    assert not refused({key: DRAWN[key]}, key, KEY, "remove")


MISSING = {
    "cluster.masses": KROUPA,
    "cluster.stars": 16,
    "parameters.scale_radius": 1.0,
    "parameters.virial_ratio": {"minimum": 0.6, "maximum": 1.4},
}


@pytest.mark.parametrize("key", MISSING)
def test_what_drawn_stars_need_is_asked_for(key):
    """The example with its stars drawn, all keys but one there."""
    drawn = {KEY: GONE, "parameters": {}} | {name: value for name, value in MISSING.items() if name != key}
    assert not refused(drawn, key, "missing", "add")
    assert validated(changed(shipped("given"), drawn | {key: MISSING[key]})).given_stars is None


def test_softening_is_held_against_the_smallest_cluster():
    smallest = validated(shipped("given")).given_stars.smallest_scale_radius
    assert not refused(
        {"cluster.softening": {"length": 2.0}}, "cluster.softening.length", f"write less than {smallest:.6g}"
    )
    assert validated(changed(shipped("given"), {"cluster.softening": {"length": 0.99 * smallest}}))


def test_units_of_length_are_those_of_the_configuration():
    """The same N-body units in AU: the cluster is as small as that."""
    in_pc, in_au = (
        validated(
            changed(shipped("given"), of("fort.10", mass_unit=5.0, length_unit=2.0) | {"units.length": unit})
        )
        for unit in ("pc", "AU")
    )
    ratio = in_au.given_stars.smallest_scale_radius / in_pc.given_stars.smallest_scale_radius
    assert ratio == pytest.approx(1.0, rel=1e-12)  # each in its own unit


def test_words_name_files_by_what_they_hold_and_no_profile():
    experiment = validated(shipped("given"))
    told = physics(experiment)["initial_conditions"]
    for one in experiment.given_stars.settings.files:
        assert one.sha256[:12] in told
    assert FOLDER not in describe(experiment) and "profile" not in describe(experiment)


def test_an_experiment_without_the_section_integration_can_be_changed():
    assert "integration" not in shipped("given")
    experiment = validated(shipped("given"))
    assert experiment.changed(sealed_stream="release").integration == experiment.integration
