"""Experiments with another simulator's runs: what cannot be meant is refused in one line before any work."""

import copy
import functools
import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

from nbody_emulator.configuration.file import read, validated
from nbody_emulator.settings.error import ConfigurationError

ROOT = Path(__file__).parents[2]
GONE = object()
"""Stands for a key that is taken away."""
OBSERVED = {"families": ["linear"], "points": 8192, "mock_runs": 20}


@functools.cache
def shipped(name):
    return read(ROOT / "config" / f"{name}.yaml")


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    """A function: a shipped experiment with some keys changed, checked where its files are."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)

    def changed(name, changes=()):
        config = copy.deepcopy(shipped(name))
        for path, value in dict(changes).items():
            *above, last = path.split(".")
            section = functools.reduce(dict.__getitem__, above, config)
            if value is GONE:
                del section[last]
            else:
                section[last] = value
        return validated(config)

    return changed


def unsaid(make, key, *words) -> list[str]:
    """Those of the words that the one line in which this is refused, under its key, has not."""
    with pytest.raises(ConfigurationError) as caught:
        make()
    told = str(caught.value)
    assert told.startswith(f"{key}: ") and "; " in told and len(told.splitlines()) == 1
    return [word for word in words if word not in told]


def a_file(name, rows):
    """A new file of runs, from rows of the training file."""
    frame = pd.read_csv("examples/borehole/training.csv").iloc[list(rows)]
    frame.to_csv(name, index=False)
    return name


def test_the_shipped_experiments_are_accepted(experiment):
    assert experiment("borehole").points_in_blocks("training") == pytest.approx([32] * 5, abs=20)
    assert experiment("epidemic").points_in_blocks("train") == (60,) * 4


SIMULATORS = {
    "none of the two": ({"simulator": {}}, "simulator", ("no simulator", "table", "python")),
    "both": ({"simulator.python": "examples.epidemic:simulate"}, "simulator", ("python and table", "one of")),
    "no section": ({"simulator": "table"}, "simulator", ("exactly one",)),
    "clusters as well": ({"cluster": {"stars": 100}}, "cluster", ("not used beside simulator", "keep one")),
    "an unknown key": ({"simulator.table": {"points": "p"}}, "simulator.table.points", ("'point'?",)),
    "what only clusters have": ({"duration": 1.0}, "duration", ("unknown key",)),
}

FILES = {
    "a sealed file without its checksum": (
        {"sets.sealed.sha256": GONE},
        "sets.sealed.sha256",
        ("sha256sum",),
    ),
    "a checksum that is none": ({"sets.sealed.sha256": "9eaf"}, "sets.sealed.sha256", ()),
    "a checksum of an open file": (
        {"sets.training.sha256": "0" * 64},
        "sets.training.sha256",
        ("not used by the role training", "remove it"),
    ),
    "blocks that are no training runs": (
        {"sets.calibration.blocks": 2},
        "sets.calibration.blocks",
        ("not used by the role calibration", "remove it"),
    ),
    "a second stream": ({"sealed_stream": "release"}, "sealed_stream", ("no second stream", "development")),
    "a role that files cannot have": ({"sets.training.role": "repeat"}, "sets.training.role", ("allowed",)),
    "keys of sets that are drawn": ({"sets.training.points": 5}, "sets.training.points", ("unknown key",)),
    "a file that is not there": (
        {"sets.training.file": "examples/borehole/train.csv"},
        "sets.training.file",
        ("is not there",),
    ),
    "observed runs without inference": (
        {"sets.calibration.role": "observation"},
        "sets",
        ("none has the role calibration",),
    ),
    "a box without an inside": ({"parameters.rw.maximum": 0.05}, "parameters.rw.minimum", ("widen",)),
    "edges in the other order": ({"parameters.rw.maximum": 0.01}, "parameters.rw.minimum", ("swap",)),
    "a logarithm of zero": ({"parameters.r.minimum": 0}, "parameters.r.minimum", ("scale: linear",)),
    "a run outside the box": (
        {"parameters.rw.maximum": 0.1},
        "sets.calibration.file",
        ("parameter rw", "row"),
    ),
    "an output called as files call something else": (
        {"outputs": {"status": {"column": "flow"}}},
        "outputs.status",
        ("another name",),
    ),
}


@pytest.mark.parametrize("case", SIMULATORS | FILES)
def test_what_files_cannot_mean(experiment, case):
    changes, key, words = (SIMULATORS | FILES)[case]
    assert not unsaid(lambda: experiment("borehole", changes), key, *words)


def test_sets_share_no_design_point(experiment):
    more = {"role": "extra", "file": a_file("more.csv", range(3))}
    words = ("shares a design point with sets.", "rw 0.0685911", "one of the two")
    assert not unsaid(lambda: experiment("borehole", {"sets.more": more}), "sets.training.file", *words)


@pytest.mark.parametrize("name", ["./examples/borehole/sealed.csv", "copied.csv", "linked.csv", "absolute"])
def test_no_other_set_is_the_sealed_file_whatever_it_is_called(experiment, name):
    sealed = Path("examples/borehole/sealed.csv")
    shutil.copyfile(sealed, "copied.csv")
    Path("linked.csv").symlink_to(sealed)
    file = str(sealed.resolve()) if name == "absolute" else name
    more = {"role": "extra", "file": file}
    assert not unsaid(
        lambda: experiment("borehole", {"sets.more": more}), "sets.more.file", "is the sealed file"
    )


def test_the_sealed_file_need_not_be_there(experiment):
    Path("examples/borehole/sealed.csv").unlink()
    assert experiment("borehole").sets["sealed"].file == "examples/borehole/sealed.csv"


def doubled(name, of):
    """A file with every run of another twice, the outputs apart."""
    frame = pd.read_csv(of)
    pd.concat([frame, frame.assign(flow=frame["flow"] * 1.01)]).to_csv(name, index=False)
    return name


def test_replicates_are_where_they_may_be(experiment):
    calibration = doubled("calibration.csv", "examples/borehole/calibration.csv")
    assert not unsaid(
        lambda: experiment("borehole", {"sets.calibration.file": calibration}),
        "sets.calibration.file",
        "2 runs of one design point",
        "independent",
    )
    # The calibration runs again, as observed ones; others are calibrated on.
    changes = {
        "inference": OBSERVED,
        "sets.observation": {"role": "observation", "file": calibration},
        "sets.calibration.file": a_file("rest.csv", range(60)),
        "sets.training.file": a_file("train.csv", range(60, 160)),
    }
    assert not unsaid(
        lambda: experiment("borehole", changes), "sets.observation.file", "one design point", "independent"
    )


def test_noise_wants_replicates(experiment):
    changes = {
        "sets.noise": {"role": "noise", "file": a_file("noise.csv", range(60))},
        "sets.training.file": a_file("train.csv", range(60, 160)),
    }
    assert not unsaid(
        lambda: experiment("borehole", changes), "sets.noise.role", "no two runs", "role: extra"
    )
    doubled("replicates.csv", "noise.csv")
    changes["sets.noise"]["file"] = "replicates.csv"
    assert experiment("borehole", changes).most_replicates("noise") == 2


@pytest.mark.parametrize("folder", ["runs of mine", "Läufe", "{runs}", "a%20b", "deep/er"])
def test_paths_may_have_any_letters(experiment, folder, tmp_path):
    (tmp_path / folder).mkdir(parents=True)
    file = Path(shutil.move("examples/borehole/training.csv", tmp_path / folder))
    bare = experiment("borehole", {"sets.training.file": str(file.relative_to(tmp_path))})
    absolute = experiment("borehole", {"sets.training.file": str(file)})
    assert bare.runs["training"].digest == absolute.runs["training"].digest


# A function


FUNCTIONS = {
    "no colon": ("examples.epidemic", ("module:function",)),
    "a path": ("examples/epidemic.py:simulate", ("module:function",)),
    "no module": ("examples.pandemic:simulate", ("no module 'examples.pandemic'", "examples/pandemic.py")),
    "no function": ("examples.epidemic:run", ("no function 'run'",)),
    "what runs now": ("__main__:simulate", ()),
    "a built-in module": ("math:sin", ("no module",)),
}


@pytest.mark.parametrize("case", FUNCTIONS)
def test_a_function_that_is_not_there(experiment, case):
    named, words = FUNCTIONS[case]
    assert not unsaid(lambda: experiment("epidemic", {"simulator.python": named}), "simulator.python", *words)


def test_a_module_that_is_no_python(experiment):
    with Path("examples/epidemic.py").open("a") as module:
        module.write("\ndef broken(:\n")
    assert not unsaid(lambda: experiment("epidemic"), "simulator.python", "is no Python", "line ")


ARGUMENTS = {
    "(contacts, recovery_days, seed)": None,
    "(recovery_days, contacts, *, seed, days=10)": None,
    "(**given)": None,
    "(contacts, recovery_days)": "takes no 'seed'",
    "(contacts, recovery, seed)": "takes no 'recovery_days'",
    "(contacts, /, recovery_days, seed)": "takes no 'contacts'",
    "(contacts, recovery_days, seed, days)": "wants 'days'",
    "(contacts, recovery_days, *, seed, days)": "wants 'days'",
}


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_a_function_takes_the_parameters_and_a_seed(experiment, arguments):
    Path("mine.py").write_text(f"def simulate{arguments}:\n    return {{}}\n")
    told = ARGUMENTS[arguments]
    if told:
        assert not unsaid(
            lambda: experiment("epidemic", {"simulator.python": "mine:simulate"}), "simulator.python", told
        )
    else:
        checked = experiment("epidemic", {"simulator.python": "mine:simulate"})
        assert checked.simulator.python == "mine:simulate"


@pytest.mark.parametrize(
    "text",
    [
        "from functools import partial\nsimulate = partial(print)\n",
        "from examples.epidemic import simulate\n",
        "from examples.epidemic import *\n",
        "from examples import epidemic as simulate\n",
        "try:\n    import numba\nexcept ImportError:\n    def simulate(**given): ...\n",
        "import functools\n@functools.cache\ndef simulate(anything): ...\n",
    ],
)
def test_a_function_may_be_made_in_any_way(experiment, text):
    Path("mine.py").write_text(text)
    checked = experiment("epidemic", {"simulator.python": "mine:simulate"})
    assert checked.simulator.python == "mine:simulate"


CALLS = {
    "runs moved by the last bit": (
        {"sets.more": {"role": "repeat", "sampler": "prior", "blocks": 1, "points": 5, "stream": "more"}},
        "sets.more.role",
        ("clusters", "role: extra"),
    ),
    "a column of a parameter": (
        {"parameters.contacts.column": "c"},
        "parameters.contacts.column",
        ("not used", "remove it"),
    ),
    "a column of an output": ({"outputs.ill.column": "c"}, "outputs.ill.column", ("not used",)),
    "replicates that calibrate": (
        {"sets.calibration.replicates": 2},
        "sets.calibration.replicates",
        ("independent",),
    ),
    "noise without replicates": (
        {"sets.replicate.replicates": 1},
        "sets.replicate.replicates",
        ("at least 2",),
    ),
    "a shared stream": ({"sets.test.stream": "train"}, "sets.test.stream", ("must not share runs",)),
    "files": ({"sets.train.file": "runs.csv"}, "sets.train.file", ("unknown key",)),
    "a parameter called seed": (
        {"parameters": {"seed": {"minimum": 0, "maximum": 1}}},
        "parameters.seed",
        ("another name",),
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_what_calls_cannot_mean(experiment, case):
    changes, key, words = CALLS[case]
    assert not unsaid(lambda: experiment("epidemic", changes), key, *words)


def test_the_checksum_that_the_message_asks_for_is_the_one_that_is_shipped(experiment):
    digest = hashlib.sha256(Path("examples/borehole/sealed.csv").read_bytes()).hexdigest()
    assert experiment("borehole").sets["sealed"].sha256 == digest


def test_a_number_of_stars_is_whole_for_a_cluster_and_for_no_other_simulator(experiment):
    """Names are a person's own: what they mean for clusters they mean nowhere else."""
    stars = {"minimum": 0.05, "maximum": 0.15, "column": "rw"}
    own = experiment("borehole", {"parameters.rw": GONE, "parameters.stars": stars})
    assert "stars" in own.parameters and not own.whole_parameters
    of_clusters = {"cluster.stars": GONE, "parameters.stars": {"minimum": 64, "maximum": 128}}
    assert experiment("test", of_clusters).whole_parameters == ("stars",)
