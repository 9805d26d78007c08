"""Where the time went is told by stage and by family, from what each job left beside its log."""

import pandas as pd
import pytest

from nbody_emulator.running.costs import KEPT, WORTH, FitJob, family_costs
from nbody_emulator.running.notes import ANSWERING, note
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


def test_a_family_costs_its_seconds_over_its_fits_and_nothing_is_known_of_one_taken_over(
    benchmarks, tmp_path
):
    note(tmp_path / "fits" / "a.log", ANSWERING, {"seconds": 2.5e-6})
    jobs = {"linear": FitJob(benchmarks[0], 3), "network": FitJob("never/made.tsv", 3)}
    comparison = pd.DataFrame({name: [0.5, 0.7] for name in (*WORTH, *KEPT)}).assign(family=list(jobs))
    costs = family_costs(comparison, jobs).set_index("family")
    assert tuple(costs.loc["linear", ["seconds_per_fit", "microseconds_per_answer"]]) == (2.0, 2.5)
    assert costs.loc["network", ["seconds_per_fit", "microseconds_per_answer"]].isna().all()
    assert list(costs["nll"]) == [0.5, 0.7]
