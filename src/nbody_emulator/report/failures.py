"""Where an emulator fails: the worst parts of the box for coverage, bias and survival, and runs that are no data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbody_emulator.emulators.descriptions import with_unit
from nbody_emulator.report import numbers
from nbody_emulator.report.finished import Finished

if TYPE_CHECKING:
    import pandas as pd

WHOLE = "all"
"""What tables call all outputs together."""

BINS = 3
"""Parts of each parameter's range that hold equally many runs."""

WORST = 6
"""Bins that are shown."""

UNCERTAIN = (0.1, 0.9)
"""Between these shares of runs without outputs the state of a run is uncertain."""

MOST_RUNS = 20
"""Unusable runs that are listed."""

GOOD = ("ok", "above_tolerance")
"""Status of runs that are data."""


@dataclass(frozen=True)
class Region:
    """The part of the box where the coverage of an output is farthest from its level.

    Attributes:
        output: `all` is the joint region.
        held: what the intervals of `level` hold there.
        distance: in standard deviations of a perfect prediction, whose worst region is within `at_most` in 95 % of
            cases.
    """

    output: str
    region: str
    level: str
    held: str
    runs: int
    distance: float
    at_most: float

    @property
    def fails(self) -> bool:
        """Whether it is farther off than the worst of a perfect prediction."""
        return self.distance > self.at_most


def worst_regions(finished: Finished) -> list[Region]:
    """Of the recommended family's predictions out of fold, as they are: one an output, the worst first."""
    family, treatment = finished.recommended, "raw_out_of_fold"
    table = finished.table("calibration")
    table = table[(table["family"] == family) & (table["treatment"] == treatment)]
    table = table[table["quantity"] == "coverage"]
    found = []
    for output, treatments in finished.metrics["calibration"][family].items():
        worst = treatments.get(treatment, {}).get("worst_region")
        if not worst or not numbers.is_known(worst["distance"]):
            continue
        here = (table["output"] == output) & (table["stratum"] == worst["region"])
        row = table[here & (abs(table["level"] - worst["level"]) < 1e-9)].iloc[0]
        found.append(
            Region(
                output=output,
                region=part(worst["region"]),
                level=f"{100 * worst['level']:g}",
                held=numbers.percent({"value": row["value"], "standard_error": row["standard_error"]}),
                runs=int(row["count"]),
                distance=worst["distance"],
                at_most=worst["at_most"],
            )
        )
    return sorted(found, key=lambda region: region.at_most - region.distance)


STRATA = {"width": "the predicted widths", "survival": "the predicted probability of having outputs"}
"""What the box is divided by beside its parameters."""


def part(stratum: str) -> str:
    """A stratum in words: `low third of scale radius`."""
    name, _, third = stratum.partition(":")
    return f"{third} third of {STRATA.get(name, numbers.words(name))}" if third else numbers.words(name)


@dataclass(frozen=True)
class Bin:
    """Runs in one part of a parameter's range.

    Attributes:
        of: the output, or what is counted.
        range: of the parameter, with its unit.
        value, error: of the mean in it, with its standard error.
    """

    of: str
    parameter: str
    range: str
    runs: int
    value: float
    error: float


def worst_bins(finished: Finished) -> list[Bin]:
    """Where the standardized residuals of the recommended family are farthest from zero on average."""
    table = finished.table("residuals")
    table = table[table["family"] == finished.recommended]
    found = [
        each
        for output, rows in table.groupby("output")
        for each in _bins(str(output), rows, rows["z"], finished)
    ]
    return sorted(found, key=lambda each: -abs(each.value) / each.error)[:WORST]


def uncertain_bins(finished: Finished) -> list[Bin]:
    """Parts of the box where some runs have outputs and some have none, the most uncertain first."""
    table = finished.table("energy")
    table = table[table["status"].isin(GOOD)]
    gone = table["missing_outputs"].notna().astype(float)
    low, high = UNCERTAIN
    found = [each for each in _bins("no outputs", table, gone, finished) if low < each.value < high]
    return sorted(found, key=lambda each: abs(each.value - 0.5))[:WORST]


def _bins(of: str, rows: "pd.DataFrame", values: "pd.Series", finished: Finished) -> Iterator[Bin]:
    import pandas as pd  # see `finished.table`

    for parameter in finished.experiment.free_parameters:
        column = next(each for each in rows.columns if each.split(" [")[0] == parameter.name)
        thirds = pd.qcut(rows[column], BINS, duplicates="drop")
        for third, chosen in values.groupby(thirds, observed=True):
            inside = rows.loc[chosen.index, column]
            if len(chosen) < 2 or third is None:
                continue
            yield Bin(
                of=of,
                parameter=parameter.name,
                range=with_unit(f"{inside.min():.3g} to {inside.max():.3g}", numbers.unit(parameter.unit)),
                runs=len(chosen),
                value=float(chosen.mean()),
                error=float(chosen.std() / len(chosen) ** 0.5) or float("inf"),
            )


@dataclass(frozen=True)
class LostRun:
    """A run that is no data: which, why, and where in the box."""

    group: str
    status: str
    where: str


def lost_runs(finished: Finished) -> list[LostRun]:
    """Runs of the unsealed sets whose audit failed, at most `MOST_RUNS`."""
    table = finished.table("energy")
    lost = table[~table["status"].isin(GOOD)].head(MOST_RUNS)
    columns = [each.name for each in finished.experiment.free_parameters]
    found = []
    for _, row in lost.iterrows():
        values = {name.split(" [")[0]: row[name] for name in lost.columns}
        where = ", ".join(f"{numbers.words(name)} {values[name]:.3g}" for name in columns)
        found.append(LostRun(str(row["group"]), numbers.words(str(row["status"])), where))
    return found
