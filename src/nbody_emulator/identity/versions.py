"""The pinned versions of the packages whose numbers end up in a result, read from the lock's text."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

NUMERICS = {
    "equinox": ("equinox",),
    "jax": ("jax", "jaxlib"),
    "matplotlib": ("matplotlib",),
    "numpy": ("numpy",),
    "optax": ("optax",),
    "pandas": ("pandas",),
    "scipy": ("scipy",),
    "seaborn": ("seaborn",),
    "sklearn": ("scikit-learn",),
    "tinygp": ("tinygp",),
}
"""Import name -> distributions that can change a number or a mark on paper. File formats (xarray, netCDF4) cannot."""

_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)


def read_pins(lock: Path) -> dict[str, str]:
    """Distribution -> pinned version, from a pip lock file."""
    return dict(_PIN.findall(lock.read_text()))


def numerics_versions(imports: Iterable[str], pins: Mapping[str, str]) -> dict[str, str]:
    """The pins that matter to code that imports `imports` (top-level names)."""
    needed = {distribution for name in imports for distribution in NUMERICS.get(name, ())}
    return {distribution: pins[distribution] for distribution in sorted(needed)}


def differing_installations(pins: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Numerics packages whose installed version is not the pinned one: name -> (pinned, installed)."""
    distributions = sorted({name for group in NUMERICS.values() for name in group})
    found = {name: (pins[name], _installed(name)) for name in distributions}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"
