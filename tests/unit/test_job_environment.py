"""Compiled code is kept apart for each kind of processor, and shared by all of one kind."""

import pytest

from nbody_emulator.running.job_environment import job_environment, machine_type

CORE = (
    "processor\t: {core}\nmodel name\t: A Processor\ncpu MHz\t\t: {mhz}\nflags\t\t: fpu sse2 avx2 {flag}\n\n"
)


@pytest.fixture
def kind(tmp_path):
    """The kind of a machine with these cores, each a (number, speed, feature)."""

    def of(*cores) -> str:
        path = tmp_path / "cpuinfo"
        path.write_text("".join(CORE.format(core=core, mhz=mhz, flag=flag) for core, mhz, flag in cores))
        return machine_type(path)

    return of


def test_one_feature_more_is_another_kind(kind):
    assert kind((0, 2000, "fma")) != kind((0, 2000, "fma amx_tile"))


def test_how_many_cores_and_how_fast_they_run_just_now_is_no_other_kind(kind):
    assert kind((0, 2000, "fma")) == kind((0, 1234, "fma"), (1, 3210, "fma"))


def test_jobs_find_compiled_code_under_the_kind_of_their_machine():
    assert job_environment({})["JAX_COMPILATION_CACHE_DIR"].endswith(f"/results/compiled/{machine_type()}")


def test_a_job_knows_nothing_of_the_shell_but_where_things_are():
    given = {
        "HOME": "/home/me",
        "SLURM_JOB_ID": "7",
        "JAX_DEFAULT_PRNG_IMPL": "rbg",
        "XLA_FLAGS": "--fast",
        "A": "b",
    }
    known = job_environment(given)
    assert known.items() >= {"HOME": "/home/me", "SLURM_JOB_ID": "7"}.items()
    assert known["JAX_DEFAULT_PRNG_IMPL"] == "threefry2x32"
    assert not {"XLA_FLAGS", "A"} & known.keys()
    assert job_environment(known) == known
