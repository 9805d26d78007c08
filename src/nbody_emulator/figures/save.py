"""Figures as SVG files whose bytes depend on the figure alone: not on the day, the process or the fonts."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import matplotlib.style
from matplotlib.figure import Figure

from nbody_emulator.figures.compact import compact
from nbody_emulator.storage.files import write_text

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType  # matplotlib has it since 3.11 only

SETTINGS: "dict[RcKeyType, Any]" = {
    # Identifiers inside the file are drawn from this word instead of a random number.
    "svg.hashsalt": "nbody-emulator",
    # Text as outlines: it looks the same on every machine, and the report needs no fonts.
    "svg.fonttype": "path",
    "mathtext.fontset": "dejavusans",
}
METADATA = {"Date": None, "Creator": None}
RASTER_DOTS_PER_INCH = 200


def save(figure: Figure, path: str | Path) -> None:
    """Write `figure` to `path` as SVG, whole or not at all; equal figures give equal bytes.

    No backend is chosen and pyplot is not used, so that nothing is left behind in the process.
    """
    written = io.StringIO()
    with matplotlib.style.context("default", after_reset=True), matplotlib.rc_context(SETTINGS):
        figure.savefig(written, format="svg", dpi=RASTER_DOTS_PER_INCH, metadata=METADATA)
    write_text(path, compact(written.getvalue()))
