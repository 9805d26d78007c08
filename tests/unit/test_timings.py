"""Where the time went is told by stage, from what each job left beside its log."""

import pytest

from nbody_emulator.running.timings import note_seconds, stage_timings, start_up_share

SECONDS = {"interpreter": 0.5, "import": 1.0, "compile": 0.5, "wait": 0.0, "compute": 6.0}


def job(folder, stage: str, name: str, seconds: float, memory: str = "100.0") -> str:
    path = folder / stage / f"{name}.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"s\tmax_rss\n{seconds}\t{memory}\n")
    return str(path)


@pytest.fixture
def benchmarks(tmp_path):
    paths = [
        job(tmp_path, "fits", "a", 8.5),
        job(tmp_path, "fits", "b", 9.0, "NA"),
        job(tmp_path, "tables", "c", 2.0),
    ]
    note_seconds(tmp_path / "fits" / "a.log", SECONDS)
    note_seconds(tmp_path / "fits" / "b.log", SECONDS)
    return paths


def test_seconds_add_up_by_stage_and_kind(benchmarks):
    fits = stage_timings([*benchmarks, "never/made.tsv"])["fits"]
    assert (fits["jobs"], fits["seconds"], fits["longest_seconds"], fits["peak_memory_mb"]) == (
        2,
        17.5,
        9.0,
        100.0,
    )
    assert (fits["import_seconds"], fits["compute_seconds"]) == (2.0, 12.0)


def test_jobs_that_left_no_seconds_by_kind_do_not_count_in_the_share(benchmarks):
    timings = stage_timings(benchmarks)
    assert timings["tables"]["compute_seconds"] == 0.0
    assert start_up_share(timings) == pytest.approx(2.0 / 8.0)
    assert start_up_share({}) == 0.0
