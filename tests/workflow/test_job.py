"""Each job computes where it should: two of them never on one share of a GPU, most of them on none at all."""

import json
import os
import shlex
import subprocess
import sysconfig
import time
import uuid
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nbody_emulator.running.job_clock import covered

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds to wait for what should take less than one, on a busy machine."""

JAX = """
import os
found = {name: os.environ.get(name) for name in ("CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS", "XLA_CLIENT_MEM_FRACTION")}
"""

SCRIPT = """
import json, time
from pathlib import Path
from types import SimpleNamespace

snakemake = SimpleNamespace(log=["{name}.log"])
import jax

begun = time.time()
Path("{name}.begun").write_text(json.dumps(jax.found))
time.sleep({seconds})
Path("{name}.ended").write_text(json.dumps([begun, time.time()]))
"""


@dataclass
class Python:
    """An interpreter with the packages of this one, before which those in `packages` come."""

    path: str
    packages: Path

    def job(self, *options: str) -> list[str]:
        """The beginning of the command of a job, to be followed by what Snakemake would run."""
        standard = {"--device": "gpu", "--jobs-per-gpu": "1"}
        others = [word for option in standard.items() if option[0] not in options for word in option]
        return [self.path, "-P", str(ROOT / "workflow" / "job.py"), *options, *others, "--"]


@dataclass
class Machine:
    """A folder to start jobs in, on a machine with pretended GPUs and a JAX that has CUDA."""

    python: Python
    folder: Path
    gpus: str
    started: list[subprocess.Popen] = field(default_factory=list)

    def start(
        self, name: str, *options: str, script: str = "simulate.py", seconds: float = 0.0, **environment
    ):
        """Start a job that computes for so long, once it has imported JAX; its file is named as Snakemake does."""
        copy = self.folder / f"{name}.{script}"
        copy.write_text(SCRIPT.format(name=name, seconds=seconds))
        told = {"CUDA_VISIBLE_DEVICES": self.gpus} | environment
        job = subprocess.Popen(
            [*self.python.job(*options), self.python.path, str(copy)],
            cwd=self.folder,
            env=os.environ | told,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(job)
        return job

    def end(self) -> None:
        """Leave no job at work, and no pipe open."""
        for job in self.started:
            with job:
                job.kill()

    def told(self, name: str) -> dict[str, str]:
        """What JAX found in the environment of a job when it was imported."""
        return json.loads((self.folder / f"{name}.begun").read_text())

    def span(self, name: str) -> tuple[float, float]:
        """When it computed."""
        return tuple(json.loads((self.folder / f"{name}.ended").read_text()))


@pytest.fixture
def python(tmp_path) -> Python:
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Python(str(folder / "bin" / "python"), packages)


@pytest.fixture
def machine(tmp_path, python) -> Iterator[Machine]:
    jax, plugin = python.packages / "jax", python.packages / "pretended_cuda-1.0.dist-info"
    jax.mkdir()
    (jax / "__init__.py").write_text(JAX)
    (jax / "monitoring.py").write_text("register_event_time_span_listener = print")
    plugin.mkdir()
    (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: pretended-cuda\nVersion: 1.0\n")
    (plugin / "entry_points.txt").write_text("[jax_plugins]\nxla_cuda99 = jax\n")
    here = uuid.uuid4().hex  # the leases of real devices are none of ours
    found = Machine(python, tmp_path, f"{here}-0,{here}-1")
    yield found
    found.end()


def ended_well(*jobs: subprocess.Popen) -> bool:
    return all(job.wait(PATIENCE) == 0 for job in jobs)


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def seconds_of(log: Path) -> dict[str, float]:
    """Where the job that logs there left its seconds."""
    return json.loads(log.with_suffix(".seconds.json").read_text())


def most_at_once(spans: list[tuple[float, float]]) -> int:
    return max(sum(begun <= moment < ended for begun, ended in spans) for moment, _ in spans)


@pytest.mark.parametrize("jobs_per_gpu", [1, 2])
def test_four_jobs_on_two_gpus_are_never_more_on_one_than_may_be(machine, jobs_per_gpu):
    names = ("a", "b", "c", "d")
    options = ("--jobs-per-gpu", str(jobs_per_gpu))
    assert ended_well(*[machine.start(name, *options, seconds=2.0) for name in names])
    gpus = {name: machine.told(name)["CUDA_VISIBLE_DEVICES"] for name in names}
    assert set(gpus.values()) == set(machine.gpus.split(","))
    for gpu in machine.gpus.split(","):
        spans = [machine.span(name) for name in names if gpus[name] == gpu]
        assert most_at_once(spans) <= jobs_per_gpu
    shares = {machine.told(name)["XLA_CLIENT_MEM_FRACTION"] for name in names}
    assert {float(share) for share in shares} == {0.9 / jobs_per_gpu}
    assert {machine.told(name)["JAX_PLATFORMS"] for name in names} == {"cuda"}


def test_a_job_that_is_killed_frees_its_gpu(machine):
    machine.gpus = machine.gpus.split(",")[0]
    first = machine.start("first", seconds=600.0)
    assert eventually((machine.folder / "first.begun").exists)
    second = machine.start("second")
    time.sleep(2.0)
    assert not (machine.folder / "second.begun").exists()
    first.kill()
    assert ended_well(second) and seconds_of(machine.folder / "second.log")["wait"] > 0.0


def test_jobs_that_need_no_gpu_see_none_and_wait_for_none(machine):
    machine.gpus = machine.gpus.split(",")[0]
    first = machine.start("first", seconds=600.0)
    assert eventually((machine.folder / "first.begun").exists)
    assert ended_well(machine.start("other", script="summarize.py"), machine.start("cpu", "--device", "cpu"))
    first.kill()
    for name in ("other", "cpu"):
        told = machine.told(name)
        assert (told["CUDA_VISIBLE_DEVICES"], told["JAX_PLATFORMS"]) == ("", "cpu")


def test_what_a_scheduler_gave_is_taken_as_it_is(machine):
    first = machine.start("first", "--gpus-are-given", seconds=600.0)
    assert eventually((machine.folder / "first.begun").exists)
    assert ended_well(machine.start("second", "--gpus-are-given"))
    first.kill()
    assert machine.told("second")["CUDA_VISIBLE_DEVICES"] == machine.gpus


@pytest.mark.parametrize("options", [(), ("--gpus-are-given",)], ids=["here", "under a scheduler"])
def test_a_gpu_that_is_not_there_is_an_error_of_one_line(machine, options):
    machine.gpus = ""
    job = machine.start("job", *options)
    _, said = job.communicate(timeout=PATIENCE)
    assert job.returncode != 0 and not (machine.folder / "job.begun").exists()
    assert said.splitlines() == [
        "runtime.device is 'gpu', and no GPU is visible here; run where one is, or write 'auto'"
    ]


def test_auto_takes_a_gpu_where_there_is_one_and_else_the_processor(machine):
    assert ended_well(machine.start("with", "--device", "auto"))
    assert machine.told("with")["JAX_PLATFORMS"] == "cuda"
    assert ended_well(machine.start("without", "--device", "auto", CUDA_VISIBLE_DEVICES=""))
    assert machine.told("without")["JAX_PLATFORMS"] == "cpu"


def test_without_cuda_in_jax_a_gpu_is_of_no_use(machine):
    (machine.python.packages / "pretended_cuda-1.0.dist-info" / "entry_points.txt").unlink()
    assert ended_well(machine.start("auto", "--device", "auto"))
    assert machine.told("auto")["JAX_PLATFORMS"] == "cpu"
    job = machine.start("gpu")
    assert "JAX has no CUDA here" in job.communicate(timeout=PATIENCE)[1] and job.returncode != 0


def test_the_experiment_does_not_begin_without_the_gpu_it_asks_for(scratch, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    done = scratch.snakemake("--config", 'runtime={"device": "gpu"}', check=False)
    assert done.returncode != 0 and "runtime.device is 'gpu', and no GPU is visible here" in done.stdout
    assert not (scratch.root / "results" / "store").exists()


OURS = """
shell.prefix({prefix!r})

rule simulate:
    output: "simulate.json"
    log: "simulate.log"
    script: "simulate.py"

use rule simulate as simulate_sealed with:
    output: "simulate_sealed.json"

rule summarize:
    output: "summarize.json"
    log: "summarize.log"
    script: "summarize.py"
"""

THEIRS = """
module ours:
    snakefile: "ours/Snakefile"

use rule * from ours as our_*
"""


@pytest.mark.parametrize("snakefile", ["ours/Snakefile", "Snakefile"], ids=["by itself", "as a module"])
def test_snakemake_s_simulations_alone_have_a_gpu_whatever_their_rules_are_called(machine, snakefile):
    ours = machine.folder / "ours"
    ours.mkdir()
    prefix = f"exec {shlex.join(machine.python.job())} "
    (machine.folder / "Snakefile").write_text(THEIRS)
    (ours / "Snakefile").write_text(OURS.format(prefix=prefix))
    for script in ("simulate.py", "summarize.py"):
        (ours / script).write_text("import json, jax\njson.dump(jax.found, open(snakemake.output[0], 'w'))\n")
    targets = ["simulate.json", "simulate_sealed.json", "summarize.json"]
    snakemake = [machine.python.path, "-m", "snakemake", "--snakefile", snakefile, "--cores", "1", *targets]
    told = {"CUDA_VISIBLE_DEVICES": machine.gpus}
    subprocess.run(snakemake, cwd=machine.folder, env=os.environ | told, check=True)
    found = [json.loads((machine.folder / name).read_text()) for name in targets]
    assert [each["JAX_PLATFORMS"] for each in found] == ["cuda", "cuda", "cpu"]
    assert found[0]["CUDA_VISIBLE_DEVICES"] in machine.gpus.split(",")
    assert found[2]["CUDA_VISIBLE_DEVICES"] == ""


COMPILING = """
from types import SimpleNamespace
snakemake = SimpleNamespace(log=["job.log"])
import time, equinox, jax
jax.jit(lambda x: jax.lax.fori_loop(0, 9, lambda _, y: y @ y, x))(jax.numpy.eye(3)).block_until_ready()
time.sleep(0.4)
"""


def test_the_seconds_of_a_job_are_told_apart(python, tmp_path):
    (python.packages / "equinox.py").write_text("import time; time.sleep(0.3)")
    (tmp_path / "job.predict.py").write_text(COMPILING)
    started = time.time()
    subprocess.run([*python.job(), python.path, "job.predict.py"], cwd=tmp_path, check=True)
    whole = time.time() - started
    seconds = seconds_of(tmp_path / "job.log")
    assert seconds["import"] > 0.3 and seconds["compute"] > 0.4
    assert seconds["interpreter"] > 0.0 and seconds["compile"] > 0.0 and seconds["wait"] == 0.0
    assert sum(seconds.values()) < whole + 0.1


def test_a_second_in_two_spans_counts_once():
    assert covered([(0.0, 2.0), (1.0, 3.0), (5.0, 6.0), (5.5, 5.7)]) == 4.0
    assert covered([]) == 0.0
