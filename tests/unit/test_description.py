"""The words that every file carries leave out nothing of the physics."""

import copy
import shutil
from pathlib import Path

import pytest

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.description import SECTIONS, describe, describe_own
from nbody_emulator.configuration.file import load
from nbody_emulator.settings.door import checked

EVERY = sorted((Path(__file__).resolve().parents[2] / "config").glob("*.yaml"))
CONFIGS = [path for path in EVERY if isinstance(load(path), ClusterExperiment)]


def leaves(section, path=()):
    for key, value in section.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


OTHERS = {
    "profile": {"plummer": "uniform_sphere"},
    "function": {"kroupa": "salpeter", "salpeter": "kroupa", "equal": "kroupa"},
    "galaxy": {"flat_curve": "point_mass"},
    "scale": {"linear": "log", "log": "linear"},
    "mergers": {"star_radius": 1e-7},
    "tide": {"galaxy": "flat_curve", "rotation_speed": 220.0},
}
"""Other values of keys that are no numbers."""


STARS = "examples/given/clusters"


@pytest.fixture
def others(tmp_path):
    """The same, and a folder with fewer files of stars."""
    shutil.copy(f"{STARS}/first.csv", tmp_path)
    return OTHERS | {"folder": {STARS: str(tmp_path)}}


def _another(key, value, others):
    if isinstance(value, int | float):
        return value + 1 if isinstance(value, int) else 0.97 * value or 1e-7
    other = others[key]
    return other.get(value, other)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_no_key_of_the_physics_can_change_without_the_words(path, others):
    config = load(path).written()
    told = {describe(load(path))}
    changes = 0
    for section in SECTIONS:
        for (*above, key), value in leaves(config[section], (section,)):
            changed = copy.deepcopy(config)
            place = changed
            for name in above:
                place = place[name]
            place[key] = _another(key, value, others)
            told.add(describe(checked(ClusterExperiment, changed)))
            changes += 1
    assert len(told) == 1 + changes


def test_the_words_have_units():
    told = describe(load(CONFIGS[0].with_name("course.yaml")))
    assert "maximum 100 Msun" in told and "scale_radius 50 to 200 AU (linear)" in told
    assert "stars 200," in told and "tide none" in told and "crossing_times 10;" in told


@pytest.mark.parametrize("path", [path for path in EVERY if path not in CONFIGS], ids=lambda path: path.stem)
def test_the_words_about_another_simulator_hold_what_was_said_of_it_and_its_box(path):
    experiment = load(path)
    told = describe_own(experiment)
    assert told.startswith(experiment.simulator.about)
    for name, box in experiment.parameters.items():
        assert f"{name} {box.minimum:g} to {box.maximum:g} {box.unit} ({box.scale})" in told


def test_experiments_of_the_same_physics_are_described_alike():
    experiment = load(CONFIGS[0])
    assert describe(experiment.changed(experiment="another", seed=0)) == describe(experiment)
