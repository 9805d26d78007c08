"""What each edit of an experiment with another simulator's runs, or with given stars, reruns: told by paths of results.

A job runs because the path of its result does not exist, so that what an edit reruns is what it renames.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from edits import Edit, append, code, no_edit, replace
from finished_run import fresh_copy
from rows import Row

from nbody_emulator.plan.from_configuration import plan_of_file

TRAINING, CALIBRATION = "examples/borehole/training.csv", "examples/borehole/calibration.csv"
FIRST_BLOCK, OTHERS = "runs of training block 0", "runs of training block [1-9]"
FAMILIES = ("mean", "linear", "polynomial", "gaussian_process")
FITS = ("fit of *",)
EVALUATION = "the evaluation on the sealed test set"
DRAWN_OF_IT = "figure of sealed_test"
OPEN_CALLS = tuple(f"runs of {name} block *" for name in ("train", "replicate", "calibration", "observation"))
TRIALS = ("learning curve of *", "bias and variance of *")
AFTER_RUNS = (
    "the dataset",
    *FITS,
    "the predictions",
    "table of *",
    "figure of *",
    "the metrics",
    "the page",
    EVALUATION,
)
OF_FITS_ALONE = ("* of training_history",)
NO_LADDER = ("* of regularization",)
"""Of no runs: no strength is varied."""
TESTED = ("runs of test block 0", EVALUATION, DRAWN_OF_IT)


def in_block(root: Path, block: int) -> int:
    """The first row of the training file that is in a block."""
    from nbody_emulator.configuration.file import load

    runs = load(root / "config/borehole.yaml").runs["training"]
    return int((runs.block == block).argmax())


def change_cell(file: str, row: int, value: str) -> Edit:
    """Another flow in one row."""

    def edit(root: Path) -> None:
        frame = pd.read_csv(root / file, dtype=str)
        assert frame.loc[row, "flow"] != value
        frame.loc[row, "flow"] = value
        frame.to_csv(root / file, index=False)

    return edit


def change_first_block(root: Path) -> None:
    change_cell(TRAINING, in_block(root, 0), "33.5")(root)


def write_otherwise(root: Path) -> None:
    """The training runs in another kind of file, under another name, columns in another order and one more."""
    frame = pd.read_csv(root / TRAINING)
    (root / TRAINING).unlink()
    frame[frame.columns[::-1]].assign(remark="none").to_parquet(root / "moved to.parquet")
    replace("config/borehole.yaml", TRAINING, "moved to.parquet")(root)


def copy_elsewhere(root: Path) -> None:
    shutil.copy(root / TRAINING, root / "copied.csv")
    replace("config/borehole.yaml", TRAINING, "copied.csv")(root)


SIMULATOR = "examples/epidemic.py"
CALLED = "    infected -= random.binomial"
HELPED = "from examples.town import PEOPLE\n"


def with_a_helper(people: int) -> Edit:
    """A simulator that imports a module of its own."""

    def edit(root: Path) -> None:
        (root / "examples/town.py").write_text(f"PEOPLE = {people}\n")
        text = (root / SIMULATOR).read_text()
        if HELPED not in text:
            (root / SIMULATOR).write_text(f"{HELPED}{text}")

    return edit


STARS = "examples/given/clusters"


def move_stars(root: Path) -> None:
    """The files of stars in another folder, under other names, with other dates."""
    (root / "moved").mkdir()
    for place, path in enumerate(sorted((root / STARS).iterdir(), reverse=True)):
        shutil.copyfile(path, root / f"moved/{place}{path.suffix}")
    replace("config/given.yaml", STARS, "moved")(root)


ROWS = {
    "given": (
        Row("stars in files: their folder, names and dates", move_stars),
        Row(
            "stars in files: one more digit of one star",
            replace(f"{STARS}/first.csv", "0.3395893499572093,", "0.33958934995720931,"),
            "all runs, since each may take any of the files, and all after",
            ("*",),
            stays=NO_LADDER,
        ),
        Row(
            "stars in files: one file less",
            lambda root: (root / STARS / "second.csv").unlink(),
            "all runs and all after",
            ("*",),
            stays=NO_LADDER,
        ),
        Row("stars in files: the code of a profile", code("simulation/profiles/plummer.py")),
        Row("stars in files: the code of a format that none has", code("states/nbody6.py")),
    ),
    "borehole": (
        Row("runs in files: nothing", no_edit),
        Row("runs in files: the file copied, and the copy named", copy_elsewhere),
        Row("runs in files: written as Parquet, columns in another order and one more", write_otherwise),
        Row(
            "runs in files: one cell of a training block",
            change_first_block,
            "that block, the fits, all after",
            (FIRST_BLOCK, *AFTER_RUNS),
        ),
        Row(
            "runs in files: a row of the calibration file",
            change_cell(CALIBRATION, 3, "33.5"),
            "that set, the dataset, what is predicted or judged on it: without replicates also second seeds",
            ("runs of calibration block 0", *AFTER_RUNS),
            stays=(*(f"fit of {family}" for family in FAMILIES), *OF_FITS_ALONE),
        ),
        Row(
            "runs in files: the checksum of the sealed file",
            replace("config/borehole.yaml", "9eafac03", "0eafac03"),
            "the evaluation",
            ("runs of sealed block 0", EVALUATION, DRAWN_OF_IT),
        ),
        Row(
            "runs in files: the sealed file itself, its checksum unchanged",
            change_cell("examples/borehole/sealed.csv", 3, "33.5"),
        ),
    ),
    "epidemic": (
        Row("runs of a function: a comment in its module", append(SIMULATOR, "\n# A comment.\n")),
        Row(
            "runs of a function: a line of its module",
            replace(SIMULATOR, "max(course) >= 20", "max(course) >= 21"),
            "its runs and all after",
            (*OPEN_CALLS, *AFTER_RUNS, *TRIALS, "posteriors of *", "runs of test block 0"),
            stays=NO_LADDER,
        ),
        Row(
            "runs of a function: a module it imports",
            with_a_helper(1000),
            "its runs and all after",
            (*OPEN_CALLS, *AFTER_RUNS, *TRIALS, "posteriors of *", "runs of test block 0"),
            stays=NO_LADDER,
        ),
        Row("runs of a function: a module beside it", append("examples/borehole/make_runs.py", "\nX = 1\n")),
        Row(
            "runs of a function: the number of test points",
            replace("config/epidemic.yaml", "    points: 100\n", "    points: 101\n"),
            "the test set",
            TESTED,
        ),
    ),
}


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """A fresh copy in which paths of files begin."""
    repository = fresh_copy(tmp_path / "repository")
    monkeypatch.chdir(repository.root)
    return repository.root


def paths(root: Path, experiment: str) -> dict[str, tuple[str, ...]]:
    artifacts = plan_of_file(root / f"config/{experiment}.yaml", root).artifacts
    return {artifact.title: tuple(artifact.paths) for artifact in artifacts}


@pytest.mark.parametrize(
    ("experiment", "row"),
    [(name, row) for name, rows in ROWS.items() for row in rows],
    ids=lambda each: getattr(each, "name", ""),
)
def test_edit(experiment, row, edited, wrongly_rerun):
    before = paths(edited, experiment)
    row.edit(edited)
    after = paths(edited, experiment)
    renamed = {title for title in after if before.get(title) != after[title]}
    assert not wrongly_rerun(row.name, row.told, row.expected(set(after)), renamed)
