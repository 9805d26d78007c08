"""SVG made small, and told to who cannot see it: every publication of a figure stays in the repository's history."""

import base64
import io
import re
from xml.sax.saxutils import escape

from PIL import Image

COLORS = 32
"""Of an image inside a figure: dots of a few colours, some of them transparent, and their blurred edges."""

_IMAGE = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=\s]+")
_PLACES = re.compile(r'(?<=\s)(?:d|x|y|width|height)="[^"]*"|translate\([^)]*\)')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_NAME = re.compile(r'(?<=["#])([A-Za-z_0-9]*?)[0-9a-f]{10}(?=[")])')
_INDENT = re.compile(r"\n +")
_TEX = re.compile(r"\$([^$]*)\$")
_FIRST_TAG = re.compile(r"<svg\b")
_END_OF_FIRST_TAG = re.compile(r"(<svg\b[^>]*>)")

FONT = "'DejaVu Sans'"
FONTS = f"{FONT}, 'Bitstream Vera Sans', Verdana, sans-serif"
"""Where the first is not installed, the next are as wide."""


def compact(svg: str) -> str:
    """`svg` with nothing moved by more than 0.005 points, without indents, its images in few colours."""
    svg = _PLACES.sub(lambda place: _LONG_NUMBER.sub(_rounded, place[0]), svg)
    return _INDENT.sub("\n", _IMAGE.sub(_in_few_colors, _numbered(svg.replace(FONT, FONTS))))


def told(svg: str, title: str, alternative: str) -> str:
    """`svg` as one picture with a title and a description, which browsers show and readers read aloud."""
    title, alternative = (escape(in_words(text)) for text in (title, alternative))
    words = f"\n<title>{title}</title>\n<desc>{alternative}</desc>"
    svg = _FIRST_TAG.sub('<svg role="img"', svg, count=1)
    return _END_OF_FIRST_TAG.sub(lambda tag: tag[0] + words, svg, count=1)


def in_words(text: str) -> str:
    """`$f_\\mathrm{bound}$` as `f_bound`: what TeX is for a drawing is none for a reader of words."""
    return _TEX.sub(lambda found: re.sub(r"\\mathrm|[\\{}]", "", found[1]), text)


def _numbered(svg: str) -> str:
    """Parts named in the order in which they occur, not by digests of where they lie."""
    numbers: dict[str, int] = {}
    return _NAME.sub(lambda name: f"{name[1]}{numbers.setdefault(name[0], len(numbers))}", svg)


def _rounded(number: re.Match) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _in_few_colors(png: re.Match) -> str:
    image = Image.open(io.BytesIO(base64.b64decode(png[0])))
    few = image.convert("RGBA").quantize(COLORS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    written = io.BytesIO()
    few.save(written, "png", optimize=True)
    return base64.b64encode(written.getvalue()).decode()
