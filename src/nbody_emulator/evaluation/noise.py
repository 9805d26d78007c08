"""The noise: how far runs of one design point scatter, and its two parts, chaos and the draw of stars.

Runs of one point differ in the stars drawn and, by chaos, in what becomes of stars that differ by their last bits. The
runs of the role `noise` show both together; those of the role `repeat`, several from the same stars, chaos alone. What
is left is the draw of stars: an emulator that is told more of the stars could predict it, and chaos none can.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.parameter_columns import run_parameters
from nbody_emulator.evaluation.pooled_noise import (
    PooledNoise,
    pooled_noise,
    share_of,
    total_variance,
)
from nbody_emulator.evaluation.rows import outputs_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.strata import halves
from nbody_emulator.quantities.coordinates import parameters_in
from nbody_emulator.settings.protocol import Protocol

PARTS = {"noise": "noise", "repeat": "chaos"}
"""Role of a set -> what its runs show."""

NONE = dict.fromkeys(("value", "standard_error", "lower", "upper"), float("nan"))
"""A number that does not exist."""


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """The noise and its parts, over the whole box, over halves of it, and at each design point.

    Columns: output; part: "noise" (between runs of a point, of the set of the role noise), "chaos" (between runs of
    the same stars, of the set of the role repeat), "stars" (noise less chaos, never clipped: the draw of stars);
    group: "all", `<parameter>:lower` and `<parameter>:upper` (halves of the box on the parameter's own scale), or a
    design point; variance, standard_error, lower, upper (95 %), degrees_of_freedom; total_variance, share,
    share_standard_error, share_lower, share_upper (of the total variance); noise_share, noise_share_standard_error,
    noise_share_lower, noise_share_upper (of the noise in the same group, its parts alone); parameters of a design
    point. In squared transformed units.

    The total variance is that of the training set's targets: the same prior, and the spread that all scores
    refer to. Errors are over design points; those of numbers from two sets add in squares, for sets share no run.
    Intervals are laid on the logarithm, but for the draw of stars, a difference. Points with fewer than two existing
    runs stand with 0 degrees of freedom and no variance. Without a set of the role repeat there are no parts.
    """
    dataset = sources.one("dataset")
    training = of_role(dataset, "training")
    runs = {part: NoiseRuns.of(dataset, role) for role, part in PARTS.items()}
    tables = []
    for output in outputs_of(dataset):
        total = total_variance(training["target"].sel(output=output).values)
        tables.append(pd.DataFrame([*_over_the_box(output, runs, total), *_at_points(output, runs, total)]))
    table = pd.concat(tables, ignore_index=True)
    return table.join(pd.concat([each.inputs for each in runs.values()]), on="group")


@dataclass(frozen=True)
class NoiseRuns:
    """The n usable runs that show one part of the noise.

    Attributes:
        targets: by (run, output).
        points: (n,) design points.
        groups: (n,) what those share whose scatter is meant: their design point, or their stars.
        halves: masks (n,) by name: "all" and halves of the box.
        inputs: the parameters of every design point.
    """

    targets: xr.DataArray
    points: np.ndarray
    groups: np.ndarray
    halves: Mapping[str, np.ndarray]
    inputs: pd.DataFrame

    @classmethod
    def of(cls, dataset: xr.Dataset, role: str) -> "NoiseRuns":
        runs = of_role(dataset, role)
        points, inputs = text_or_number(runs["group"]), run_parameters(runs)
        stars = pd.Series(points, dtype=str) + "/" + pd.Series(runs["replicate"].values).astype(str)
        return cls(
            targets=runs["target"],
            points=points,
            groups=stars.to_numpy() if role == "repeat" else points,
            halves=halves(parameters_in(runs), inputs.to_numpy()),
            inputs=inputs.assign(group=points).drop_duplicates("group").set_index("group"),
        )

    def pooled(self, output: str, chosen: np.ndarray) -> PooledNoise:
        """The scatter of the `chosen` (n,) runs."""
        values = self.targets.sel(output=output).values
        return pooled_noise(values[chosen], self.groups[chosen], self.points[chosen])


def of_role(dataset: xr.Dataset, role: str) -> xr.Dataset:
    """The usable runs of that role."""
    usable = dataset["usable"].values.astype(bool)
    return dataset.isel(run=usable & (text_or_number(dataset["role"]) == role))


def _over_the_box(output: str, runs: Mapping[str, NoiseRuns], total: PooledNoise) -> Iterator[dict]:
    """Each part in the whole box and in halves of it."""
    for group in runs["noise"].halves:
        noise, chaos = (each.pooled(output, each.halves[group]) for each in (runs["noise"], runs["chaos"]))
        yield _row(output, "noise", group, noise, total)
        if len(runs["chaos"].points):
            share = share_of(chaos, noise)
            yield _row(output, "chaos", group, chaos, total) | _named("noise_share", share)
            rest = {"value": 1 - share["value"], "lower": 1 - share["upper"], "upper": 1 - share["lower"]}
            yield _row(output, "stars", group, noise.less(chaos), total) | _named("noise_share", share | rest)


def _at_points(output: str, runs: Mapping[str, NoiseRuns], total: PooledNoise) -> Iterator[dict]:
    """What each point of each set shows."""
    for part, each in runs.items():
        for point in each.inputs.index:
            yield _row(output, part, point, each.pooled(output, each.points == point), total)


def _row(output: str, part: str, group: str, noise: PooledNoise, total: PooledNoise) -> dict:
    lower, upper = noise.interval
    return {
        "output": output,
        "part": part,
        "group": group,
        "variance": noise.variance,
        "standard_error": noise.standard_error,
        "lower": lower,
        "upper": upper,
        "degrees_of_freedom": noise.degrees_of_freedom,
        "total_variance": total.variance,
        **_named("share", share_of(noise, total)),
        **_named("noise_share", NONE),
    }


def _named(name: str, found: Mapping[str, float]) -> dict[str, float]:
    """Columns of a number: its value under its `name`, the rest after it."""
    return {name if key == "value" else f"{name}_{key}": value for key, value in found.items()}
