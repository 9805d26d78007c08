"""What a file holds decides, not what it is called: leaks by data are refused, and the list of mutants is what ran."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from data_mutants import DATA, FAMILIES, make_world
from mutants import MUTANTS
from own_data_mutants import OWN_DATA

HERE = Path(__file__).parent


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


def test_without_a_leak_nothing_is_refused(world):
    # The control: were the world broken anyway, no mutant below could fail to be refused.
    evaluation = world.evaluate(witnesses=(world.trial(world.of("training"), world.of("noise")),))
    assert evaluation["families"].keys() == set(FAMILIES)


@pytest.mark.parametrize("mutant", OWN_DATA)
def test_a_leak_of_the_sealed_file_is_refused(tmp_path, mutant):
    leak, told = OWN_DATA[mutant]
    with pytest.raises(ValueError, match=told) as caught:
        leak(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("mutant", DATA)
def test_a_leak_by_data_is_refused(world, mutant):
    leak, told = DATA[mutant]
    with pytest.raises(ValueError, match=told) as caught:
        leak(world)
    assert len(str(caught.value).splitlines()) == 1


def test_the_list_of_mutants_is_what_the_tests_try():
    files = [str(HERE / name) for name in ("test_seal.py", "test_seal_by_data.py")]
    command = [sys.executable, "-m", "pytest", "-n0", "--collect-only", *files]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    tried = re.findall(r"::test_a_leak_\w+\[(.*)\]$", listed, re.MULTILINE)
    named = [name for mutants in MUTANTS.values() for name in mutants]
    assert len(named) == len(set(named)) and sorted(tried) == sorted(named)
