"""A simulator that is a function: each run judged on its own, and its code found without running it."""

import importlib.metadata
import sys
from pathlib import Path

import numpy as np
import pytest

from nbody_emulator.design import draw_block
from nbody_emulator.identity.function_source import find_function
from nbody_emulator.quantities.run_status import Status
from nbody_emulator.settings.own_blocks import BlockOfCalls
from nbody_emulator.settings.own_quantities import OwnOutput, OwnParameter
from nbody_emulator.simulation.function_runs import call_block, load_function

PARAMETERS = {
    "width": OwnParameter(minimum=1.0, maximum=2.0),
    "depth": OwnParameter(minimum=0.1, maximum=10.0, scale="log"),
}
OUTPUTS = {"flow": OwnOutput(transform="log"), "share": OwnOutput(transform="logit", resolution=0.1)}


def block_of(**changes) -> BlockOfCalls:
    given = {
        "seed": 3,
        "stream": "train",
        "block": 0,
        "sampler": "prior",
        "points": 8,
        "replicates": 2,
        "python": "mine:simulate",
        "source": {},
        "packages": {},
        "parameters": PARAMETERS,
        "outputs": OUTPUTS,
    }
    return BlockOfCalls(**given | changes)


def called(simulator, **changes):
    block = block_of(**changes)
    return call_block(draw_block(block), block, simulator)


def good(width, depth, seed):
    random = np.random.default_rng(seed)
    return {"flow": width * depth * random.lognormal(), "share": random.random()}


def values(runs) -> dict[str, list]:
    return {name: runs[name].values[:, 0].tolist() for name in OUTPUTS}


def test_runs_are_those_of_the_function():
    block = block_of()
    design = draw_block(block)
    seen = []

    def simulate(width, depth, seed):
        seen.append((width, depth, seed))
        return good(width, depth, seed)

    runs = call_block(design, block, simulate)
    named = dict(zip(design["parameter"].values.tolist(), design["parameter_values"].values.T, strict=True))
    assert [each[:2] for each in seen] == list(zip(named["width"], named["depth"], strict=True))
    assert len({seed for *_, seed in seen}) == 16 and all(0 <= seed < 2**63 for *_, seed in seen)
    assert values(runs)["flow"] == [good(*each)["flow"] for each in seen]
    assert set(runs["status"].values) == {int(Status.OK)} and set(runs["reason"].values) == {""}


def test_the_same_seed_gives_the_same_bits_whatever_was_run_before():
    first, second = (called(good, block=block) for block in (0, 1))
    again, before = called(good, block=1), called(good, block=0)
    assert first.identical(before) and second.identical(again)
    # Made of seeds alone.
    assert not set(values(first)["share"]) & set(values(second)["share"])
    assert not set(values(first)["share"]) & set(values(called(good, seed=4))["share"])


def on_the_third(what):
    calls = []

    def simulate(width, depth, seed):
        calls.append(seed)
        return what() if len(calls) == 3 else good(width, depth, seed)

    return simulate


def fails(error):
    def fail():
        raise error

    return fail


JUDGED = {
    "an exception": (
        fails(ArithmeticError("no\nconvergence")),
        Status.UNFINISHED,
        "ArithmeticError: no convergence",
    ),
    "an exit": (fails(SystemExit(3)), Status.UNFINISHED, "SystemExit: 3"),
    "infinity": (lambda: {"flow": np.inf, "share": 0.5}, Status.NOT_FINITE, "flow is inf"),
    "no logarithm": (lambda: {"flow": -1.0, "share": 0.5}, Status.UNUSABLE, "flow = -1 has no log"),
    "no logit": (lambda: {"flow": 1.0, "share": 1.5}, Status.UNUSABLE, "share = 1.5 has no logit"),
}


@pytest.mark.parametrize("case", JUDGED)
def test_what_happens_to_one_run_is_its_reason_and_no_others(case):
    what, status, reason = JUDGED[case]
    runs, whole = called(on_the_third(what)), called(good)
    assert runs["status"].values[2] == status and runs["reason"].values[2] == reason
    others = np.arange(16) != 2
    assert set(runs["status"].values[others]) == {int(Status.OK)} and set(runs["reason"].values[others]) == {
        ""
    }
    for name in OUTPUTS:
        assert np.array_equal(runs[name].values[others], whole[name].values[others])


@pytest.mark.parametrize("nothing", [None, np.nan, np.array(np.nan)])
def test_an_output_that_does_not_exist_is_nothing_wrong(nothing):
    runs = called(on_the_third(lambda: {"flow": nothing, "share": 0.5}))
    assert runs["status"].values[2] == Status.OK
    assert np.isnan(runs["flow"].values[2, 0]) and runs["share"].values[2, 0] == 0.5


@pytest.mark.parametrize("number", [2, np.float32(2.0), np.int64(2), np.array(2.0), np.ones((1, 1)) + 1])
def test_numbers_of_any_kind_are_numbers(number):
    assert called(on_the_third(lambda: {"flow": number, "share": 0.5}))["flow"].values[2, 0] == 2.0


MISTAKES = {
    "another key": (lambda: {"flow": 1.0, "part": 0.5}, "flow, part; it must return .*flow, share"),
    "a key too many": (lambda: {"flow": 1.0, "share": 0.5, "time": 1.0}, "must return"),
    "a key too few": (lambda: {"flow": 1.0}, "must return"),
    "no mapping": (lambda: (1.0, 0.5), "must return a mapping"),
    "nothing": (lambda: None, "returned None"),
    "a word": (lambda: {"flow": "much", "share": 0.5}, "'much' for flow, which is no number"),
    "several numbers": (lambda: {"flow": np.ones(2), "share": 0.5}, "for flow, which is no number"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_of_all_runs_is_no_runs_reason(case):
    what, told = MISTAKES[case]
    with pytest.raises(ValueError, match=told) as caught:
        called(on_the_third(what))
    assert len(str(caught.value).splitlines()) == 1


# Its code


@pytest.fixture
def folder(tmp_path):
    """Modules that import each other: `mine.py`, `helpers/` with relative imports, and one that none imports."""
    files = {
        "mine.py": "import numpy\nfrom helpers.first import one\n\n\n"
        "def simulate(width, seed):\n    return one(width, 2)\n",
        "helpers/__init__.py": "",
        "helpers/first.py": "from .second import two\n\n\ndef one(x, y):\n    return two(x, y)\n",
        "helpers/second.py": "from . import third\n\n\ndef two(x, y):\n    def inner(a, b):\n        return a\n\n"
        "    return inner(x, 5)\n",
        "helpers/third.py": "X = 1\n",
        "alone.py": "X = 1\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def digests(folder, named="mine:simulate"):
    return find_function(named, folder).digests


def test_modules_are_found_that_are_imported_and_no_others(folder):
    modules = {"mine", "helpers", "helpers.first", "helpers.second", "helpers.third"}
    assert digests(folder).keys() == modules
    assert find_function("mine:simulate", folder).packages == {"numpy": importlib.metadata.version("numpy")}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("mine.py", "2)", "3)"),
        ("helpers/first.py", "two(x, y)", "two(y, x)"),
        # What would be words if this package had written it.
        ("helpers/second.py", "inner(x, 5)", "inner(x, 6)"),
        ("helpers/third.py", "X = 1", "X = 2"),
    ],
)
def test_a_changed_line_changes_the_digest_of_its_module_alone(folder, file, old, new):
    before = digests(folder)
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    after = digests(folder)
    changed = file.removesuffix(".py").replace("/", ".")
    assert [name for name in before if before[name] != after[name]] == [changed]


def test_comments_and_what_is_not_imported_change_nothing(folder):
    before = digests(folder)
    for path in folder.rglob("*.py"):
        path.write_text(f'"""Words."""\n# A comment.\n{path.read_text()}\n\n')
    (folder / "alone.py").write_text("X = 2\n")
    assert digests(folder) == before


def test_a_package_comes_before_a_module_of_its_name_as_it_does_in_python(folder):
    (folder / "helpers.py").write_text("Y = 1\n")
    before = digests(folder)
    (folder / "helpers.py").write_text("Y = 2\n")
    assert digests(folder) == before


def test_a_function_of_an_installed_library_is_found_with_its_version(tmp_path):
    found = find_function("yaml.reader:Reader", tmp_path)
    assert found.defines() and {"yaml", "yaml.reader", "yaml.error"} <= found.digests.keys()
    assert found.packages["yaml"] == importlib.metadata.version("PyYAML")
    assert find_function("no_such_library:simulate", tmp_path) is None
    assert find_function("yaml.no_such_module:simulate", tmp_path) is None


def test_the_function_that_was_found_is_the_one_that_is_loaded(folder, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    simulate = load_function("mine:simulate", folder)
    assert simulate(1.5, seed=1) == 1.5
    assert Path(simulate.__code__.co_filename) == folder / "mine.py"
    assert load_function("math:sqrt", folder)(4.0) == 2.0
