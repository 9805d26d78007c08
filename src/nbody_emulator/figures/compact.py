"""SVG made small: every publication of a figure stays in the repository's history."""

import base64
import io
import re

from PIL import Image

COLORS = 32
"""Of an image inside a figure: dots of a few colours, some of them transparent, and their blurred edges."""

_IMAGE = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=\s]+")
_PLACES = re.compile(r'(?<=\s)(?:d|x|y)="[^"]*"')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_INDENT = re.compile(r"\n +")


def compact(svg: str) -> str:
    """`svg` with nothing moved by more than 0.005 points, without indents, its images in few colours."""
    svg = _PLACES.sub(lambda place: _LONG_NUMBER.sub(_rounded, place[0]), svg)
    return _INDENT.sub("\n", _IMAGE.sub(_in_few_colors, svg))


def _rounded(number: re.Match) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _in_few_colors(png: re.Match) -> str:
    image = Image.open(io.BytesIO(base64.b64decode(png[0])))
    few = image.convert("RGBA").quantize(COLORS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    written = io.BytesIO()
    few.save(written, "png", optimize=True)
    return base64.b64encode(written.getvalue()).decode()
