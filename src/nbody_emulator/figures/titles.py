"""Titles that are sentences: as many lines as the page is narrow, and the page as much higher."""

import textwrap

from matplotlib.figure import Figure
from matplotlib.text import Text

LEFT_INCHES = 0.06
RIGHT_INCHES = 0.1
"""Whoever opens the SVG may have a slightly wider font."""

LINE_SPACING = 1.2
POINTS_PER_INCH = 72.0
NO_BREAK = "\u00a0"
"""Between a number and its per cent."""

WIDEST, NARROWEST = 140, 16
"""Characters on a line of a title, at most and at least."""


def put_title(page: Figure, sentence: str) -> None:
    """Put a sentence above everything that is on the page, left-aligned, and make the page higher by its lines."""
    width, height = page.get_size_inches()
    text = page.suptitle(
        sentence, x=LEFT_INCHES / width, ha="left", va="top", fontsize="large", linespacing=LINE_SPACING
    )
    text.set_text(_wrapped(text, sentence, (width - LEFT_INCHES - RIGHT_INCHES) * page.dpi))
    lines = 1 + text.get_text().count("\n")
    page.set_size_inches(width, height + lines * LINE_SPACING * float(text.get_fontsize()) / POINTS_PER_INCH)


def _wrapped(text: Text, sentence: str, pixels: float) -> str:
    """The sentence on lines no wider than that, measured as they will be drawn."""
    sentence = sentence.replace(" %", f"{NO_BREAK}%")
    for characters in range(WIDEST, NARROWEST, -1):
        lines = textwrap.fill(sentence, characters, break_long_words=False, break_on_hyphens=False)
        text.set_text(lines)
        if text.get_window_extent().width <= pixels:
            return lines
    return lines
