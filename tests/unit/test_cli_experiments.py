"""The Makefile and the command line are one: each target calls the command, which becomes what did the work before."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from nbody_emulator.cli import experiments
from nbody_emulator.cli.app import app, main
from nbody_emulator.running.lock import LOCK

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "config/test.yaml"
SNAKEMAKE = ["workflow/alone.py", str(Path(sys.executable).with_name("snakemake")), "--configfile", CONFIG]
TARGETS = {
    "results": ["run config/test.yaml --cores 2"],
    "evaluate": ["evaluate config/test.yaml --cores 2"],
    "infer": ["infer-folder config/test.yaml --family linear --cores 2"],
    "report": ["run config/test.yaml --cores 2", "report config/test.yaml"],
    "explain": ["explain config/test.yaml"],
    "check": ["check"],
    "gc": ["gc --delete --older 3"],
    "publish": [
        "run config/test.yaml --cores 2",
        "evaluate config/test.yaml --cores 2",
        "publish config/test.yaml",
    ],
    "carry": ["run config/test.yaml --cores 2", "carry config/test.yaml --before there"],
    "release": [
        "run config/test.yaml --cores 2",
        "evaluate config/test.yaml --release 1.0.0 --cores 2",
        "publish config/test.yaml --release",
    ],
    "verify": ["verify config/test.yaml"],
    "reproduce": ["reproduce config/test.yaml --cores 2 --folder there"],
}
VARIABLES = (
    "EXPERIMENT=test",
    "CORES=2",
    "FAMILY=linear",
    "DELETE=yes",
    "OLDER=3",
    "BEFORE=there",
    "FOLDER=there",
    "VERSION=1.0.0",
)


@pytest.fixture
def become(monkeypatch):
    """What a command becomes, in place of its becoming it."""
    found = []

    def note(program: str, arguments: list[str], environment: dict[str, str]) -> None:
        assert program == arguments[0] == sys.executable and environment["PYTHONUTF8"] == "1"
        found.append(arguments[1:])
        raise SystemExit(0)

    def ask(*tokens: str) -> list[str]:
        with pytest.raises(SystemExit):
            main(tokens)
        return found.pop()

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(os, "execve", note)
    return ask


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_calls_its_command(target):
    asked = [
        "make",
        "--dry-run",
        "--assume-old=.venv/installed",
        f"BIN={Path(sys.executable).parent}",
        target,
        *VARIABLES,
    ]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    called = [shlex.split(line) for line in done.stdout.splitlines() if "nbody_emulator.cli" in line]
    assert [words[:3] for words in called] == [[sys.executable, "-m", "nbody_emulator.cli"]] * len(called)
    assert [words[3:] for words in called] == [shlex.split(line) for line in TARGETS[target]]
    for words in called:
        app.parse_args(words[3:])


def test_every_command_of_experiments_has_its_target():
    makefile = (ROOT / "Makefile").read_text()
    called = set(re.findall(r"\$\(CLI\) ([a-z-]+)", makefile))
    assert called == {words.split()[0] for lines in TARGETS.values() for words in lines}
    assert "alone.py" not in makefile and "snakemake" not in makefile.replace("snakefmt", "")


def test_a_run_becomes_snakemake_alone_in_its_folder(become, capsys):
    assert become("run", "test", "--cores", "2") == [*SNAKEMAKE, "--cores", "2"]
    assert capsys.readouterr().out.startswith("test: 146 runs")


def test_an_evaluation_opens_the_test_set(become):
    assert become("evaluate", CONFIG) == [*SNAKEMAKE, "--cores", "all", "test_set"]
    released = [*SNAKEMAKE, "--cores", "all", "test_set", "--config", "sealed_stream=release"]
    for version in ("1.0.0", "v1.0.0"):
        assert become("evaluate", "test", "--release", version) == [*released, "release_version=v1.0.0"]
    assert become("evaluate", "test", "--release", "") == [*released, "release_version="]


def test_a_report_is_ours_and_then_snakemakes_own(become, monkeypatch, capsys):
    told = []
    monkeypatch.setattr(
        "nbody_emulator.report.page.write_report", lambda *given: told.append(given) or "there"
    )
    assert become("report", "test") == [*SNAKEMAKE, "--report", "results/test/provenance.html"]
    ((experiment, plan, root),) = told
    assert (experiment.experiment, plan.experiment, root) == ("test", "test", Path())
    assert capsys.readouterr().out == "written: there\n"


def test_there_is_no_report_of_what_is_not_finished(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("nbody_emulator.report.page.results_export", lambda _: SimpleNamespace(stamp="none"))
    assert main(["report", "test"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("; `make results EXPERIMENT=test` makes them")


def test_a_folder_of_observations_is_inferred_cluster_by_cluster(become, monkeypatch, tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.yaml").write_text("")
    monkeypatch.setattr("nbody_emulator.cli.commands.infer_folder.OBSERVATIONS", tmp_path)
    wanted = [f"results/test/inferred/linear/{name}.nc" for name in ("a", "b")]
    told = become("infer-folder", "test", "--family", "linear")
    assert told == [*SNAKEMAKE, "--cores", "all", "--rerun-triggers", "mtime", "input", "--", *wanted]


def test_an_explanation_asks_snakemake_itself(become):
    assert become("explain", "test") == ["workflow/explain.py", CONFIG]


def test_a_person_without_snakemake_is_told_how_to_have_it(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert main(["evaluate", "test"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("snakemake is not installed; `make install`")


def test_lines_in_json_are_those_in_words(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["verify", "laptop", "--json"]) == main(["verify", "laptop"])
    first, *rest = capsys.readouterr().out.splitlines()
    assert json.loads(first)["lines"] == rest


def test_validation_needs_no_jax_and_no_pandas():
    # It comes before every run.
    code = (
        "import sys; from nbody_emulator.cli.app import main; code = main(['validate', 'test']); "
        "sys.exit(code or bool({'jax', 'pandas', 'xarray', 'rich'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


def test_an_experiment_has_one_name_however_it_is_typed(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert experiments.configuration_of("test") == experiments.configuration_of(CONFIG) == Path(CONFIG)


EXPERIMENTS = (
    "run",
    "evaluate",
    "report",
    "infer-folder",
    "explain",
    "publish",
    "carry",
    "verify",
    "reproduce",
    "validate",
)


@pytest.mark.parametrize("command", [*EXPERIMENTS, "check", "gc"])
def test_an_experiment_needs_a_checkout(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"{tmp_path} is no checkout of nbody-emulator; go to the root of one first"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", EXPERIMENTS)
def test_an_experiment_that_is_none_is_refused_with_what_was_meant(command, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main([command, "tset"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "experiment: there is no config/tset.yaml; did you mean 'test'?"


@pytest.mark.parametrize("command", ["run", "evaluate", "infer-folder", "reproduce"])
def test_cores_are_a_number_or_all(command, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("nbody_emulator.cli.commands.infer_folder.OBSERVATIONS", tmp_path)
    (tmp_path / "seen.yaml").write_text("")
    assert main([command, "test", "--cores", "0"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "--cores: '0' is no number of cores; write all, or a number from 1 on"


def test_a_folder_without_observations_is_told_where_one_is(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("nbody_emulator.cli.commands.infer_folder.OBSERVATIONS", Path("nowhere"))
    assert main(["infer-folder", "test"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    remedy = line.rpartition("copy ")[2]
    assert (ROOT / remedy.split()[0]).is_file()


def test_a_configuration_that_is_wrong_is_named(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(ROOT)
    path = tmp_path / "mine.yaml"
    text = (ROOT / "config/test.yaml").read_text().replace("experiment: test", "experiment: mine")
    path.write_text(text.replace("stars: 32", "stars: 1"))
    assert main(["validate", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{path}: cluster.stars: 1 is out of range")
    path.write_text(text)
    assert main(["validate", str(path)]) == 0


def test_a_folder_at_work_is_left_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("nbody_emulator.running.lock.LOCK", tmp_path / LOCK.name)
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / LOCK.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        assert main(["gc"]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line == "another run is at work in this folder; wait for it or stop it first"
        holder.communicate(b"\n")
