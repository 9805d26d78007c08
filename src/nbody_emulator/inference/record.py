"""A posterior as a file: NetCDF in groups that ArviZ knows, with all that it takes to use it without this package."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.storage.files import replacing
from nbody_emulator.streams import generator

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.inference.inferred import Inferred


def write_record(inferred: "Inferred", path: str | Path, draws: int, seed: int) -> None:
    """Write `record` to `path`: the same posterior, the same draws."""
    tree = record(inferred, draws, seed)
    with replacing(path) as temporary:
        tree.to_netcdf(temporary, engine="netcdf4", format="NETCDF4")


def record(inferred: "Inferred", draws: int, seed: int) -> "xr.DataTree":
    """Groups `posterior` and `prior` (chain, draw), `observed_data`, and `points`, what the method itself
    made, of which the posterior's draws are a sample: of a table weighted points, of the others draws. What it was made
    with stands in attributes of the root.
    """
    import xarray as xr  # imported here: inferring does not need it

    posterior = inferred.posterior
    even = generator(seed, "prior").random((draws, len(posterior.parameters)))
    prior = Posterior(posterior.parameters, even, np.full(draws, 1.0 / max(draws, 1)), np.zeros(draws))
    return xr.DataTree.from_dict(
        {
            "/": xr.Dataset(attrs=_attributes(inferred)),
            "/posterior": xr.Dataset(_chain(posterior, draws, seed), _numbers(draws)),
            "/prior": xr.Dataset(_chain(prior, draws, seed), _numbers(draws)),
            "/observed_data": xr.Dataset(_observed(inferred)),
            "/points": xr.Dataset(
                _points(posterior), {"parameter": [each.name for each in posterior.parameters]}
            ),
        }
    )


def _attributes(inferred: "Inferred") -> dict[str, Any]:
    fitted = inferred.emulator.metadata
    told = {
        "title": "Posterior of the parameters of one observed cluster",
        "inference_library": "nbody-emulator",
        "method": inferred.method,
        "family": fitted.family,
        "emulator_identity": fitted.identity,
        "description": fitted.description,
        "likelihood": inferred.likelihood,
        "variance_factor": inferred.variance_factor,
        "effective_size": inferred.posterior.effective_size,
        "log_evidence": inferred.posterior.log_evidence,
        "failures": "; ".join(inferred.failures),
    }
    if inferred.predictive_probability is not None:
        told["predictive_probability"] = inferred.predictive_probability
    return told


def _chain(posterior: Posterior, draws: int, seed: int) -> dict[str, Any]:
    """One chain of independent draws."""
    units = {each.name: each.unit for each in posterior.parameters}
    return {
        name: (("chain", "draw"), column[None], {"units": units[name], "long_name": name.replace("_", " ")})
        for name, column in posterior.sample(draws, seed).items()
    }


def _numbers(draws: int) -> dict[str, Any]:
    return {"chain": [0], "draw": np.arange(draws)}


def _observed(inferred: "Inferred") -> dict[str, Any]:
    seen = inferred.observation
    columns = zip(seen.outputs, seen.values.tolist(), seen.errors.tolist(), seen.absent.tolist(), strict=True)
    return {
        output.name: (
            (),
            value,
            {
                "units": output.unit,
                "standard_error": error,
                "seen": "no such output" if absent else "measured" if np.isfinite(value) else "not looked at",
            },
        )
        for output, value, error, absent in columns
    }


def _points(posterior: Posterior) -> dict[str, Any]:
    told = {"units": "1", "long_name": "fraction of the parameter's box, on its scale"}
    return {
        "fraction": (("point", "parameter"), posterior.fractions, told),
        "weight": ("point", posterior.weights, {"units": "1", "long_name": "posterior probability"}),
        "log_likelihood": ("point", posterior.log_likelihoods, {"units": "1", "long_name": "[nats]"}),
    }
