"""What posteriors of the parameters hold of simulated runs, with the likelihood of the recommended emulator.

    python examples/posterior.py results/laptop [results/laptop/likelihood.json] [--points 4096]

The likelihood is what the emulator says of a run's whole outcome: the probability of its state, times the joint density
of the outputs that there are. It is judged on the runs of the replicate set, which no fit has seen: a region of highest
posterior density (HPD) that promises 90 % should hold the true parameters of 90 % of them. Beside it stands the same
with outputs counted as independent. The prior is uniform in the box of the design.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr
from scipy.stats import qmc

from nbody_emulator import Emulator
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.sources import read_sources
from nbody_emulator.evaluation.standard_errors import over_groups
from nbody_emulator.storage.files import write_text

LEVELS = (0.50, 0.68, 0.90, 0.95)
HEADLINE = 0.90
POINTS_AT_ONCE = 256


def joint(outcome: Outcome, target: jax.Array) -> jax.Array:
    """Logarithm of the probability of the state and of the joint density."""
    return outcome.log_prob(target)


def independent(outcome: Outcome, target: jax.Array) -> jax.Array:
    """The same with every output's own density, as if they knew nothing of each other."""
    densities = jax.vmap(lambda marginal, value: marginal.log_prob(value))(
        outcome.distribution.marginals, target
    )
    return outcome.state_log_prob(target) + jnp.nansum(densities)


LIKELIHOODS: Mapping[str, Callable[[Outcome, jax.Array], jax.Array]] = {
    "independent": independent,
    "joint": joint,
}


def log_likelihoods(
    outcome: Callable[[jax.Array], Outcome],
    likelihood: Callable[[Outcome, jax.Array], jax.Array],
    points: np.ndarray,
    targets: np.ndarray,
) -> np.ndarray:
    """(m, n) at points (m, d) of transformed outputs (n, q), NaN where a run does not have them."""

    @jax.jit
    def at_points(points):
        return jax.vmap(lambda point: jax.vmap(partial(likelihood, outcome(point)))(targets))(points)

    starts = range(0, len(points), POINTS_AT_ONCE)
    return np.concatenate([at_points(points[start : start + POINTS_AT_ONCE]) for start in starts])


def hpd_levels(at_points: np.ndarray, at_truth: np.ndarray) -> np.ndarray:
    """Posterior mass of the smallest region that holds the truth, (n,): uniform if posteriors are right.

    Args:
        at_points: (m, n) log likelihoods of n runs at points that fill the prior.
        at_truth: (n,) at the parameters of each run.
    """
    weights = np.exp(at_points - np.logaddexp.reduce(at_points, axis=0))
    return np.sum(weights * (at_points > at_truth), axis=0)


def held(levels: np.ndarray, group: np.ndarray) -> dict[str, dict[str, float]]:
    """The share of runs in the regions of each of LEVELS; only design points are independent."""
    return {
        f"{level:.2f}": {
            "value": float(np.mean(levels <= level)),
            "standard_error": over_groups((levels <= level).astype(float), group),
        }
        for level in LEVELS
    }


def prior_points(emulator: Emulator, count: int) -> np.ndarray:
    """(count, d) Sobol points of the box, uniform on each parameter's scale; `count` is a power of two."""
    unit = qmc.Sobol(len(emulator.parameters), seed=0).random(count)
    columns = zip(emulator.parameters, unit.T, strict=True)
    return np.stack([each.from_unit_interval(column) for each, column in columns], axis=1)


def judged(emulator: Emulator, predictions: xr.Dataset, count: int) -> tuple[dict[str, Any], int]:
    """By likelihood what was held of the runs of the noise role, by sums over `count` points, and how many runs.

    Raises:
        ValueError: there is no such run.
    """
    chosen = (text_or_number(predictions["role"]) == "noise") & predictions["usable"].values.astype(bool)
    if not chosen.any():
        raise ValueError("a replicate set is needed, and it has no usable run")
    runs = predictions.isel(row=chosen).sel(output=[output.name for output in emulator.outputs])
    targets = runs["target"].transpose("row", "output").values
    truths = runs["input"].transpose("row", "parameter").values
    points, group = prior_points(emulator, count), text_or_number(runs["group"])
    found = {}
    for name, likelihood in LIKELIHOODS.items():
        at_points = log_likelihoods(emulator.outcome, likelihood, points, targets)
        at_truth = np.diagonal(log_likelihoods(emulator.outcome, likelihood, truths, targets))
        found[name] = held(hpd_levels(at_points, at_truth), group)
    return found, len(targets)


def likelihood_of(folder: Path, count: int) -> dict[str, Any]:
    """What likelihood.json says of the experiment in `folder`.

    Raises:
        ValueError: no family is recommended, or the replicate set has no runs.
    """
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    family = metrics["recommended"]["family"]
    every = read_sources(predictions=str(folder / "predictions.nc")).all("predictions")
    predictions = next((each for each in every if each.attrs["family"] == family), None)
    if predictions is None:
        raise ValueError(f"{folder}: no family is recommended, so that there is no likelihood")
    shares, runs = judged(Emulator.load(folder / f"emulators/{family}.eqx"), predictions, count)
    return {
        "experiment": metrics["experiment"],
        "family": family,
        "points": count,
        "runs": runs,
        "held": shares,
        "sentence": _sentence(shares, runs),
    }


def table_of(likelihood: dict[str, Any]) -> str:
    """What the regions of each likelihood held, as a table of text."""
    lines = [f"{'regions hold [%]':24}" + "".join(f"{level:>14.0%}" for level in LEVELS)]
    for name, shares in likelihood["held"].items():
        cells = [_percent(each, 1) for each in shares.values()]
        lines.append(f"{name:24}" + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)


def _percent(share, digits):
    """With its standard error, which the scatter of points cannot give where all or none are held."""
    error = f" ± {100 * share['standard_error']:.{digits}f}" if 0 < share["value"] < 1 else ""
    return f"{100 * share['value']:.{digits}f}{error}"


def _sentence(shares, count):
    """What was held, in words."""
    in_joint, in_independent = (
        f"{_percent(shares[name][f'{HEADLINE:.2f}'], 0)} %" for name in ("joint", "independent")
    )
    return (
        f"The {HEADLINE:.0%} posterior regions of the parameters hold {in_joint} of {count} simulated runs with the "
        f"emulator's joint distribution, and {in_independent} where outputs count as independent."
    )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description="What posteriors hold of simulated runs; see docs/inference.md."
    )
    parser.add_argument("folder", type=Path, help="of an experiment's results, after make results")
    parser.add_argument(
        "file", type=Path, nargs="?", help="to write; likelihood.json in that folder if not given"
    )
    parser.add_argument("--points", type=int, default=4096, help="that fill the prior, a power of two")
    given = parser.parse_args(arguments)
    try:
        likelihood = likelihood_of(given.folder, given.points)
    except (OSError, ValueError) as error:
        sys.exit(f"{error}")
    print(f"{table_of(likelihood)}\n{likelihood['sentence']}")
    write_text(given.file or given.folder / "likelihood.json", json.dumps(likelihood, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
