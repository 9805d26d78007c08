"""Facts about a file that this package wrote, read off the file itself."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbody_emulator.cli import models
from nbody_emulator.cli.tables import check_there
from nbody_emulator.settings.error import refuse

KEPT = (
    "title",
    "description",
    "identity",
    "history",
    "family",
    "emulator_identity",
    "method",
    "experiment",
    "platform",
)
"""Attributes of a NetCDF file that say what it is of."""

LONGEST = 400
"""Letters of a text up to which it is printed whole."""


def emulator(model: str) -> dict[str, Any]:
    """What an emulator takes, gives and was made of."""
    from nbody_emulator.emulators.descriptions import box_of

    found = models.load(model)
    fitted = found.metadata
    facts: dict[str, Any] = {
        "kind": "emulator",
        "family": fitted.family,
        "description": fitted.description,
        "parameters": {each.name: box_of(each) for each in found.parameters},
        "outputs": {each.name: each.unit for each in found.outputs},
        "training_runs": fitted.training_runs,
        "hyperparameters": fitted.hyperparameters,
        "calibrator": fitted.calibrator,
        "numbers": found.numbers,
        "identity": fitted.identity,
    }
    if fitted.posteriors is not None:
        tested = fitted.posteriors
        facts["posteriors"] = {
            "tested_runs": tested.tested_runs,
            "variance_factor": tested.variance_factor,
            **{f"regions of {level:.0%} held": share for level, share in tested.held},
        }
    return facts


def netcdf(path: Path) -> dict[str, Any]:
    """Attributes, sizes and variables of a NetCDF file, group by group."""
    from nbody_emulator.extras import extra

    with extra("simulation"):
        import xarray as xr

    check_there("file", path)
    try:
        with xr.open_datatree(path, engine="netcdf4", decode_times=False) as tree:
            groups = {node.path: node.to_dataset(inherit=False) for node in tree.subtree}
            root = groups["/"]
            facts = {"kind": "NetCDF"} | {name: root.attrs[name] for name in KEPT if name in root.attrs}
            facts["dimensions"] = {
                str(name): size for group in groups.values() for name, size in group.sizes.items()
            }
            facts["variables"] = {
                f"{place.strip('/')}/{name}".strip("/"): _variable(each)
                for place, group in groups.items()
                for name, each in group.data_vars.items()
            }
    except OSError:
        refuse(f"{path}", "no NetCDF file that can be read", "copy it again, or make it again")
    return facts


def json_file(path: Path) -> dict[str, Any]:
    """What a receipt, a metrics file or another result in JSON says of its making, or holds."""
    check_there("file", path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        refuse(f"{path}", "no JSON", "name a receipt.json, a metrics.json or another JSON result")
    if not isinstance(content, dict):
        refuse(
            f"{path}", "JSON, but of none of this package's files", "name a receipt.json or a metrics.json"
        )
    if {"specification", "sha256", "made"} <= content.keys():
        specification = content["specification"]
        return {
            "kind": "receipt",
            "stage": specification.get("stage"),
            "settings": specification.get("settings"),
            "files": sorted(content["sha256"]),
            "read": sorted(content.get("read", {})),
            "made": content["made"],
        }
    if {"experiment", "recommended"} <= content.keys():
        return {
            "kind": "metrics",
            "experiment": content["experiment"],
            "recommended": content["recommended"],
            "runs": content.get("runs"),
            "families": sorted(content.get("families", {})),
        }
    return {"kind": "JSON", "keys": list(content)}


def lines_of(facts: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Facts as lines, what lies inside others indented."""
    for name, value in facts.items():
        if isinstance(value, Mapping) and value:
            yield f"{indent}{name}:"
            yield from lines_of(value, f"{indent}  ")
        elif value not in (None, "", {}, []):
            text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            yield f"{indent}{name}: {text if len(text) <= LONGEST else f'{text[:LONGEST]}...'}"


def _variable(variable: Any) -> str:
    """What it is, in what unit, and over which dimensions."""
    over = f" ({', '.join(map(str, variable.dims))})" if variable.dims else ""
    unit = variable.attrs.get("astropy_units", variable.attrs.get("units", ""))
    return f"{variable.attrs.get('long_name', variable.name)}{f' [{unit}]' if unit not in ('', '1') else ''}{over}"
