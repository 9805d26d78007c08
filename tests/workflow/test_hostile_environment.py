"""Whatever the shell that begins a run holds, and on however few cores, what is made has the same bytes."""

import shutil
import sys
from collections.abc import Iterator

import pytest
from finished_run import Repository, contents
from planned import NOT_OF_TEST

from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.from_configuration import plan_of_file
from nbody_emulator.plan.stages import (
    DRAWS,
    EVALUATIONS,
    INFORMATION,
    STAGES,
    TRIALS,
)

HOSTILE = {
    "JAX_DEFAULT_PRNG_IMPL": "rbg",
    "JAX_THREEFRY_PARTITIONABLE": "0",
    "JAX_DISABLE_JIT": "1",
    "JAX_DEBUG_NANS": "1",
    "JAX_ENABLE_X64": "0",
    "JAX_NUMPY_RANK_PROMOTION": "raise",
    "JAX_NUMPY_DTYPE_PROMOTION": "strict",
    "JAX_PLATFORMS": "tpu",
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=true",
    "OPENBLAS_CORETYPE": "ZEN",
    "OMP_NUM_THREADS": "7",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONOPTIMIZE": "2",
    "LC_ALL": "C",
    "TZ": "Pacific/Auckland",
}
SHADOWED = ("optax", "seaborn", "scipy", "netCDF4")


def one_of_each_stage(plan) -> Iterator[Artifact]:
    """The network and the shared ones among them; nothing that reads another of these but what it can read as it is."""
    blocks = [block for block in plan.blocks if block.role == "noise"]
    names = (
        "dataset.nc",
        "predictions.nc",
        "posteriors/linear.nc",
        "tables/calibration.csv",
        "figures/calibration.svg",
        "metrics.json",
        "explore.html",
    )
    yield from (blocks[0].simulation, blocks[0].summary, plan.fits["network"])
    yield from (next(iter(plan.of_stage(stage))) for stage in (DRAWS, INFORMATION))
    yield next(trial for trial in plan.of_stage(TRIALS) if trial.title == "learning curve of linear")
    yield from (plan.results[name].artifact for name in names)


@pytest.fixture
def hostile(copy, tmp_path, monkeypatch) -> Repository:
    """A finished run to go on with, in a shell whose every setting is against it."""
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    shadows = tmp_path / "shadows"
    shadows.mkdir()
    for name in SHADOWED:
        (shadows / f"{name}.py").write_text("raise ImportError('not the one that was installed')\n")
    monkeypatch.setattr(Repository, "environment", with_path_behind(shadows))
    return copy


def with_path_behind(folder):
    """The environment of a repository, with a folder of modules that shadow those installed."""
    before = Repository.environment.fget

    def environment(self):
        known = before(self)
        return known | {"PYTHONPATH": f"{known['PYTHONPATH']}:{folder}"}

    return property(environment)


def test_results_made_in_a_hostile_shell_on_one_core_are_the_same_to_the_byte(hostile):
    plan = plan_of_file(hostile.root / "config/test.yaml", hostile.root)
    chosen = list(one_of_each_stage(plan))
    assert {artifact.stage for artifact in chosen} == set(STAGES) - NOT_OF_TEST - {EVALUATIONS}
    written = contents(hostile.root)
    for artifact in chosen:
        shutil.rmtree(hostile.root / artifact.folder)
    (hostile.root / "results/test/figures/noise.svg").unlink()
    shutil.rmtree(hostile.root / "results/compiled")  # where each stage's programs wait for the next job
    options = ["--cores", "1", "--configfile", "config/test.yaml"]
    hostile.run("taskset", "-c", "0", sys.executable, "-m", "snakemake", *options)
    again = contents(hostile.root)
    assert again.keys() == written.keys()
    assert not [path for path, data in again.items() if data != written[path]]
