"""What a job imports before its script is what the script needs, and each script that makes a result has some."""

import sys
from pathlib import Path

import pytest

from nbody_emulator.figures.register import FIGURES
from nbody_emulator.identity.code import CodeBase
from nbody_emulator.plan.stages import STAGES
from nbody_emulator.running.heavy_imports import HEAVY, import_heavy

ROOT = Path(__file__).resolve().parents[2]
CODE = CodeBase(ROOT / "src", ROOT / "workflow" / "scripts")

KINDS_OF_JOB = [
    *((script, ()) for script in HEAVY if script != "draw.py"),
    *(("draw.py", (FIGURES.module(name),)) for name in FIGURES.names),
]
"""Script and what it uses of the registers, where what is heavy is theirs alone."""


def test_every_stage_s_script_and_no_other_imports_before_it_works():
    assert set(HEAVY) == {stage.script for stage in STAGES}


@pytest.mark.parametrize(("script", "registered"), KINDS_OF_JOB)
def test_nothing_is_imported_that_the_code_of_a_job_does_not_import(script, registered):
    packages = {module.split(".")[0] for module in HEAVY[script]}
    assert packages <= CODE.used(script, registered).third_party


def test_a_script_that_is_none_of_ours_has_nothing_imported_for_it():
    before = set(sys.modules)
    import_heavy("theirs.py")
    assert set(sys.modules) == before
