"""Marks by which families are told apart in every figure: by their shape alone, and by colour too."""

from typing import NamedTuple


class Mark(NamedTuple):
    """A place in seaborn's ten-colour palettes, which agree from one to the next, and a marker of matplotlib.

    The places are blue, orange, green, red, purple, brown, pink, grey, yellow, cyan.
    """

    color: int
    marker: str


MARKS = (
    Mark(0, "o"),
    Mark(1, "D"),
    Mark(2, "v"),
    Mark(3, "X"),
    Mark(4, "^"),
    Mark(5, "P"),
    Mark(7, "s"),
    Mark(9, "h"),
    Mark(8, "<"),
    Mark(6, ">"),
    Mark(3, "*"),
    Mark(7, "p"),
    Mark(0, "d"),
    Mark(2, "8"),
    Mark(1, "H"),
    Mark(4, "$\u2665$"),
    Mark(5, "$\u2663$"),
    Mark(9, "$\u2660$"),
    Mark(6, "$\u266a$"),
    Mark(8, "$\u2602$"),
    Mark(0, "$\u2691$"),
    Mark(2, "$\u265e$"),
    Mark(8, "$\u266b$"),
)
"""No two are alike in shape; a family takes one that no other has."""
