"""The words that every file carries leave out nothing of the physics."""

import copy
from pathlib import Path

import pytest

from nbody_emulator.experiment.configuration import load, validated
from nbody_emulator.experiment.description import SECTIONS, describe

CONFIGS = sorted((Path(__file__).resolve().parents[2] / "config").glob("*.yaml"))


def leaves(section, path=()):
    for key, value in section.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_no_key_of_the_physics_can_change_without_the_words(path):
    config = validated(load(path))
    told = {describe(config)}
    changes = 0
    for section in SECTIONS:
        for (*above, key), value in leaves(config[section], (section,)):
            changed = copy.deepcopy(config)
            place = changed
            for name in above:
                place = place[name]
            place[key] = 1.5 * value if isinstance(value, int | float) else f"not {value}"
            told.add(describe(changed))
            changes += 1
    assert len(told) == 1 + changes


def test_the_words_have_units():
    told = describe(validated(load(CONFIGS[0].with_name("course.yaml"))))
    assert "maximum 100 Msun" in told and "scale_radius 50 to 200 AU (linear)" in told
    assert "stars 200," in told and "tide none" in told and "crossing_times 10;" in told


def test_experiments_of_the_same_physics_are_described_alike():
    config = validated(load(CONFIGS[0]))
    assert describe(config | {"experiment": "another", "seed": 0}) == describe(config)
