"""`nbody-emulator infer`: the parameters of one observed cluster."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from nbody_emulator.cli import models
from nbody_emulator.cli.tables import check_ending, check_there
from nbody_emulator.cli.telling import AsJson, Telling

Observation = Annotated[
    Path,
    Parameter(
        help="YAML with values, errors and what is missing, in the outputs' own units; see docs/inference.md."
    ),
]
Method = Annotated[
    str, Parameter(help="How: table (up to five parameters), nuts, or amortized (exact values).")
]


def infer(
    observation: Observation,
    model: models.Model = models.DEFAULT_MODEL,
    *,
    out: Annotated[
        Path | None, Parameter(help="A NetCDF file (.nc) for the posterior, in groups that ArviZ knows.")
    ] = None,
    method: Method = "table",
    points: Annotated[int | None, Parameter(help="Of the table, a power of two; by default 65536.")] = None,
    seed: Annotated[int, Parameter(help="Of what is drawn.")] = 0,
    json: AsJson = False,
) -> int:
    """Infer the parameters of an observed cluster; 1 if the posterior is not to be trusted."""
    check_there("observation", observation)
    if out is not None:
        check_ending("--out", out, (".nc",))
    from nbody_emulator.inference import methods
    from nbody_emulator.inference.inferred import LEVELS
    from nbody_emulator.inference.observation_file import read_observation

    seen = read_observation(observation)
    emulator = models.load(model)
    found = methods.infer(emulator, *seen, method=method, points=points, seed=seed)
    telling = Telling(json)
    for line in str(found).splitlines():
        telling.say(line)
    if out is not None:
        found.save(out)
        telling.say(f"the posterior is in {out}")
    posterior = found.posterior
    intervals = {f"{level:g}": posterior.interval(level) for level in LEVELS}
    return telling.end(
        1 if found.failures else 0,
        observation=str(observation),
        model=model,
        method=method,
        parameters={
            each.name: {
                "unit": each.unit,
                "median": posterior.median[each.name],
                "intervals": {level: ends[each.name] for level, ends in intervals.items()},
                "contraction": posterior.contraction[each.name],
            }
            for each in posterior.parameters
        },
        effective_size=posterior.effective_size,
        log_evidence=posterior.log_evidence,
        predictive_probability=found.predictive_probability,
        failures=found.failures,
        out=out and str(out),
    )
