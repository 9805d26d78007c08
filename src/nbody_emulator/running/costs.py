"""What each family costs beside what it is worth, for Occam's razor; seconds are of one machine on one day."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from nbody_emulator.running.notes import ANSWERING, SECONDS, noted

if TYPE_CHECKING:
    import pandas as pd  # the Snakefile imports this module, and is to be parsed in a moment

WORTH = ["family", "nll", "difference", "difference_standard_error", "tied", "recommended"]
KEPT = ["numbers", "megabytes", "has_gradients"]


class FitJob(NamedTuple):
    """The job that made all fits of one family: Snakemake's table of it, and how many fits they are."""

    benchmark: str
    fits: int


def family_costs(comparison: "pd.DataFrame", jobs: Mapping[str, FitJob]) -> "pd.DataFrame":
    """One row a family, in the order of the comparison.

    Columns: family, nll with its difference to the best and its error, tied and recommended as the comparison has
    them; seconds_per_fit (tuning included, of computing alone, wall clock of one core or of more), and
    microseconds_per_answer (mean and variance of all outputs at one of many points), both NaN of a family whose fits
    were taken over from elsewhere; numbers, megabytes and has_gradients of the saved emulator.
    """
    table = comparison[[*WORTH, *KEPT]].copy()
    places = [jobs[family] for family in table["family"]]
    table.insert(len(WORTH), "seconds_per_fit", [_seconds_per_fit(job) for job in places])
    table.insert(len(WORTH) + 1, "microseconds_per_answer", [_microseconds(job) for job in places])
    return table


def _seconds_per_fit(job: FitJob) -> float:
    return round(noted(job.benchmark, SECONDS).get("compute", float("nan")) / job.fits, 3)


def _microseconds(job: FitJob) -> float:
    return round(1e6 * noted(job.benchmark, ANSWERING).get("seconds", float("nan")), 3)
