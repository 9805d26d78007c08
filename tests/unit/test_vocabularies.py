"""Every word the code can write is one its readers know, and every name stands for one thing."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.quantities.run_status import Status

SCHEMAS = Path(__file__).parents[2] / "workflow/schemas"
LEVELS = st.floats(0.01, 0.999999).map(lambda level: float(f"{level:.6g}"))
NUMBERS = ("zero", "one", "two", "three")


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


@settings(derandomize=True, max_examples=200, deadline=None)
@given(LEVELS)
def test_a_level_can_be_read_off_its_metric(level):
    name = coverage_name(level)
    assert float(name.removeprefix("coverage_")) / 100 == pytest.approx(level, rel=1e-12)


@pytest.mark.parametrize(("level", "name"), [(0.68, "68"), (0.6827, "68.27"), (0.995, "99.5"), (0.9, "90")])
def test_levels_are_named_as_people_write_them(level, name):
    assert coverage_name(level) == f"coverage_{name}"


@settings(derandomize=True, max_examples=50, deadline=None)
@given(LEVELS)
def test_both_schemas_know_every_level(level):
    for name in ("metrics", "evaluation"):
        patterns = [key for key in _keys(schema(name)) if key.startswith("^coverage_")]
        assert patterns
        for pattern in patterns:
            validator = Draft202012Validator(
                {"patternProperties": {pattern: {}}, "additionalProperties": False}
            )
            assert validator.is_valid({coverage_name(level): 1.0})


def _keys(tree):
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _keys(value)


def test_a_run_may_end_in_every_way_there_is():
    by_status = _found(schema("metrics"), "by_status")
    assert set(by_status["properties"]) == {status.word for status in Status}


def _found(tree, name):
    for key, value in tree.items():
        if key == name and isinstance(value, dict) and "properties" in value:
            return value
        if isinstance(value, dict) and (inside := _found(value, name)):
            return inside
    return None


def test_the_ladder_of_widths_is_described_by_its_depth():
    described = json.dumps(schema("config"))
    depth = FAMILIES.load("network")().depth
    assert f"Networks of {NUMBERS[depth]} hidden layers" in described
