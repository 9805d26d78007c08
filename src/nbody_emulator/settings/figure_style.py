"""The section `figures.style`, and what a figure of its own may change of it."""

from typing import Literal

from pydantic import ConfigDict

from nbody_emulator.settings.section import KEYS_OF, Maybe, Section, setting

Context = Literal["paper", "notebook", "talk", "poster"]
Palette = Literal["colorblind", "deep", "muted", "bright", "pastel", "dark"]


class Style(Section):
    """Style of every figure."""

    context: Context = setting("paper", "seaborn's sizes of text and lines")
    palette: Palette = setting("colorblind", "seaborn's palette")
    width_inches: float = setting(7.0, "Width of a figure", "inch", gt=0, le=40)


class OwnStyle(Section):
    """Style of one figure where it differs from figures.style."""

    model_config = ConfigDict(json_schema_extra={KEYS_OF: "figures.style"})

    context: Maybe[Context] = setting(None, "seaborn's sizes of text and lines")
    palette: Maybe[Palette] = setting(None, "seaborn's palette")
    width_inches: Maybe[float] = setting(None, "Width of a figure", "inch", gt=0, le=40)

    def over(self, common: Style) -> Style:
        """The common style with what differs."""
        return common.changed(**self.written())


class FigureSettings(Section):
    """A figure, by its name in the register, and its style."""

    figure: str
    style: Style
