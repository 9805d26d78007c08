"""Figures as files whose bytes depend on the figure alone: not on the day, the process or the fonts.

SVG for pages, with real text; PDF for LaTeX, its fonts inside; PNG for slides.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.transforms import Bbox

from nbody_emulator.figures.compact import compact, told
from nbody_emulator.storage.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType  # matplotlib has it since 3.11 only

SETTINGS: "dict[RcKeyType, Any]" = {
    # Identifiers inside the file are drawn from this word instead of a random number.
    "svg.hashsalt": "nbody-emulator",
    # Text as text: it can be searched, read aloud and edited.
    "svg.fonttype": "none",
    # TrueType, which journals ask for, instead of outlines that are no longer letters.
    "pdf.fonttype": 42,
    "mathtext.fontset": "dejavusans",
}
RASTER_DOTS_PER_INCH = 200
"""Of clouds of dots inside SVG and PDF."""

SLIDE_DOTS_PER_INCH = 300

DECIMALS = 6
"""Of places as fractions of the page: a few millionths of an inch."""


def save(figure: Figure, alternative: str, *paths: str | Path) -> None:
    """Write `figure` to every path, in the format that its suffix names, each whole or not at all.

    Equal figures give equal bytes. No backend is chosen and pyplot is not used, so that nothing is left behind in the
    process.

    Args:
        figure: to be saved; its layout is done, and stays as it is.
        alternative: what it shows, for who cannot see it.
        *paths: files that end in .svg, .pdf or .png.

    Raises:
        ValueError: something in the figure cannot be drawn; KeyError: there is no such format.
    """
    with matplotlib.style.context("default", after_reset=True), matplotlib.rc_context(SETTINGS):
        settle(figure)
        drawn = [(path, FORMATS[Path(path).suffix](figure, alternative)) for path in paths]
    for path, data in drawn:
        write_bytes(path, data)


def settle(figure: Figure) -> None:
    """Lay the figure out for good, at places that are the same from one drawing to the next.

    The layout's solver adds in an order that depends on where its variables lie in memory, so that places differ in the
    last bit.
    """
    figure.draw_without_rendering()
    # None, not "none": that keeps a stand-in, for which every format would be laid out once more.
    figure.set_layout_engine(None)
    for part in figure.findobj(SubFigure):
        part.bbox_relative.set_points(part.bbox_relative.get_points().round(DECIMALS))
    for axes in figure.findobj(Axes):
        axes.set_position(Bbox(axes.get_position(original=True).get_points().round(DECIMALS)))


def _svg(figure: Figure, alternative: str) -> bytes:
    written = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Type", "Format"))
    figure.savefig(written, format="svg", dpi=RASTER_DOTS_PER_INCH, metadata=nothing)
    return told(compact(written.getvalue()), title_of(figure), alternative).encode()


def _pdf(figure: Figure, alternative: str) -> bytes:
    return _raw(
        figure,
        format="pdf",
        dpi=RASTER_DOTS_PER_INCH,
        metadata={
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
            "Title": title_of(figure),
            "Subject": alternative,
        },
    )


def _png(figure: Figure, alternative: str) -> bytes:
    told = {"Software": None, "Title": title_of(figure), "Description": alternative}
    return _raw(figure, format="png", dpi=SLIDE_DOTS_PER_INCH, metadata=told)


def _raw(figure: Figure, **options: Any) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, **options)
    return written.getvalue()


def title_of(figure: Figure) -> str:
    """The sentence above the figure, on one line; empty where it has none."""
    return " ".join(figure.get_suptitle().split())


FORMATS = {".svg": _svg, ".pdf": _pdf, ".png": _png}
