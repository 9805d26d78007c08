"""What the classroom problem is made of: its scaling with the radius, and what its step costs in energy.

    python benchmarks/course.py

Three tables: the same stars in clusters of other scale radii; the first training runs by each integrator at a ladder of
settings, without a second attempt; and the powers of the scale radius to which the outputs of `make results
EXPERIMENT=course` grow.
"""

import sys
from pathlib import Path

import numpy as np
from integrators import tried
from stopwatch import keep_to_one_core, publish

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.file import load
from nbody_emulator.design.block import draw_block
from nbody_emulator.quantities.coordinates import outputs_in
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.simulation.block import simulate_block
from nbody_emulator.storage import netcdf
from nbody_emulator.summaries.block import summarize

ROOT = Path(__file__).parents[1]
RADII = (50.0, 65.0, 200.0)
"""Scale radii [AU] of the same clusters, compared with the first; four is a factor of which no digit is lost."""
LADDERS = {
    "leapfrog": [{"step": 0.01 / 2**halvings} for halvings in range(6)],
    "block_hermite4": [
        {"accuracy": accuracy, "longest_step": 0.125} for accuracy in (0.16, 0.08, 0.04, 0.02)
    ],
}
GOAL = 1e-4
"""The course's, for the energy error."""
EXPECTED = {"f_bound": 0.0, "sigma_v": -0.5, "r_h": 1.0}
"""Powers of the scale radius by which a scale-free cluster's outputs grow."""


def scaling(design, block: BlockOfRuns) -> list[dict[str, object]]:
    """The largest change of what should not change when the scale radius does, over all runs."""
    found = [_scale_free(design, block, radius) for radius in RADII]
    return [
        {"scale radius [AU]": radius, "runs": design.sizes["run"]}
        | {name: float(np.max(np.abs(each[name] / found[0][name] - 1.0))) for name in each}
        for radius, each in zip(RADII[1:], found[1:], strict=True)
    ]


def _scale_free(design, block: BlockOfRuns, radius: float) -> dict[str, np.ndarray]:
    """Each run's final statistics with the power of the scale radius taken out."""
    moved = design.copy(deep=True)
    moved["parameter_values"].loc[{"parameter": "scale_radius"}] = radius
    asked = SummarySettings(statistics=("bound_fraction", "half_mass_radius", "velocity_dispersion"))
    last = summarize(simulate_block(moved, block), asked).isel(time=-1)
    return {
        "f_bound": last["bound_fraction"].values,
        "r_h / a": last["half_mass_radius"].values / radius,
        "sigma_v a^(1/2)": last["velocity_dispersion"].values * np.sqrt(radius),
    }


def steps(design, block: BlockOfRuns) -> list[dict[str, object]]:
    rows = []
    for integrator, settings in LADDERS.items():
        for setting in settings:
            seconds, errors = tried(design, block, integrator, setting)
            rows.append(
                {
                    "integrator": integrator,
                    "setting": next(iter(setting.values())),
                    "CPU seconds a run": seconds,
                    "median energy error": float(np.median(errors)),
                    "largest": float(np.max(errors)),
                    "runs within the goal": int(np.sum(errors <= GOAL)),
                    "runs": len(errors),
                }
            )
    return rows


def exponents(runs) -> list[dict[str, object]]:
    """Least squares of each transformed output in ln a and a cubic of the virial ratio, one run a design point."""
    is_one = runs["usable"].values & np.isin(runs["role"].values.astype(str), ["training", "calibration"])
    radius, virial = (
        runs["parameter_values"].sel(parameter=each).values for each in ("scale_radius", "virial_ratio")
    )
    rows = []
    for column, output in enumerate(outputs_in(runs)):
        target = runs["target"].values[:, column]
        kept = is_one & np.isfinite(target)
        terms = np.stack([np.log(radius), *(virial**power for power in range(4))], axis=1)[kept]
        solution, squares, rank, _ = np.linalg.lstsq(terms, target[kept], rcond=None)
        variance = squares[0] / (len(terms) - rank) * np.linalg.inv(terms.T @ terms)[0, 0]
        rows.append(
            {
                "output": output.name,
                "runs": len(terms),
                "power of a": float(solution[0]),
                "standard error": float(np.sqrt(variance)),
                "expected": EXPECTED[output.name],
            }
        )
    return rows


def main() -> None:
    keep_to_one_core()
    results = ROOT / "results/course/dataset.nc"
    if not results.exists():
        sys.exit(f"there is no {results}; make results EXPERIMENT=course makes it, in some minutes")
    experiment = load(ROOT / "config/course.yaml")
    block = block_of_runs(experiment, experiment.sets["train"], 0)
    design = draw_block(block)
    publish("course_scaling", scaling(design, block))
    publish("course_steps", steps(design, block))
    publish("course_exponents", exponents(netcdf.read(results)))


if __name__ == "__main__":
    main()
