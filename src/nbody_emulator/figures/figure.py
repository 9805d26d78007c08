"""What a figure is: one finding in words, with the numbers of its table, above the panels that show it."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure, SubFigure

from nbody_emulator.figures.style import drawing
from nbody_emulator.figures.titles import put_title
from nbody_emulator.settings.figure_style import Style


@dataclass(frozen=True)
class TableFigure:
    """One way to show one table.

    Attributes:
        finding: of a table, what it shows in one sentence with its numbers; the title.
        shows: what is drawn, for who cannot see it: axes and symbols, without numbers.
        panels: of a table and a style, everything below the title; see `panels.new_figure`.
    """

    finding: Callable[[pd.DataFrame], str]
    shows: str
    panels: Callable[[pd.DataFrame, Style], SubFigure]

    def draw(self, table: pd.DataFrame, style: Style) -> Figure:
        """The whole figure: as wide as the style says, its title at the top."""
        page = self.panels(table, style).get_figure(root=True)
        with drawing(style):
            put_title(page, self.finding(table))
        return page

    def alternative(self, table: pd.DataFrame) -> str:
        """The alternative text: what stands in the picture, in words without formulas."""
        return f"{' '.join(self.finding(table).split())} {self.shows}"
