"""Pages of the stored emulators: every family that a page can evaluate, with outputs of every transform."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.storage import FORMAT
from nbody_emulator.pages.contents import contents
from nbody_emulator.pages.explore import explore_page
from nbody_emulator.quantities.quantity import Output, Parameter

STORED = Path(__file__).resolve().parents[1] / "stored"
EVALUATED = (
    "mean",
    "linear",
    "power_law",
    "polynomial",
    "legendre",
    "lasso",
    "laplace",
    "mc_dropout",
    "nuts_network",
    "variational",
    "network",
)
"""Families that the page's script knows."""

OUTPUTS = (
    Output("core", "core_radius", 1.0, "pc", "log", 0.01),
    Output("energy", "energy", 1.0, "1", "identity", 0.01),
    Output("fraction", "bound_fraction", 0.5, "1", "logit", 0.01),
)


def stored(family: str, folder: Path, outputs: Sequence[Output] = OUTPUTS, parameters=None) -> Path:
    """A copy of the stored emulator in `folder`, with other words for what goes in and comes out."""
    emulator = Emulator.load(STORED / f"{family}-format-{FORMAT}.eqx")
    model = replace(emulator.model, parameters=tuple(parameters or emulator.parameters))
    path = folder / f"{family}.eqx"
    replace(emulator, outputs=tuple(outputs), model=model).save(path)
    return path


def scores(families: Sequence[str], recommended: str) -> pd.DataFrame:
    """A comparison in which the later families are the better ones."""
    losses = [1.0 - 0.01 * place for place in range(len(families))]
    is_recommended = [family == recommended for family in families]
    return pd.DataFrame(
        {"family": families, "nll": losses, "nll_standard_error": 0.02, "recommended": is_recommended}
    )


def some_runs(parameters: Sequence[Parameter], outputs: Sequence[Output], count: int = 100) -> xr.Dataset:
    """Runs that fill the box, every tenth without outputs and the first not usable."""
    random = np.random.default_rng(5)
    fractions = random.random((count, len(parameters)))
    inputs = np.stack(
        [each.from_unit_interval(part) for each, part in zip(parameters, fractions.T, strict=True)], axis=1
    )
    values = random.random((count, len(outputs)))
    values[::10] = np.nan
    usable = np.arange(count) > 0
    return xr.Dataset(
        {
            "parameter_values": (("run", "parameter"), inputs),
            "output_values": (("run", "output"), values),
            "target": (("run", "output"), np.where(usable[:, None], values, np.nan)),
            "usable": ("run", usable),
        },
        {"parameter": [each.name for each in parameters], "output": [each.name for each in outputs]},
    )


def write_page(folder: Path, families=EVALUATED, outputs=OUTPUTS, parameters=None, title="planted") -> Path:
    """The page of these families in `folder`, beside copies of their emulators."""
    paths = [stored(family, folder, outputs, parameters) for family in families]
    known = Emulator.load(paths[0]).parameters
    shown = contents(paths, some_runs(known, outputs), scores(families, families[0]), title)
    path = folder / "explore.html"
    path.write_text(explore_page(shown), encoding="utf-8")
    return path
