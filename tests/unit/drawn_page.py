"""What stands on a drawn page: every text with its box, every frame and legend, every colour."""

from collections.abc import Iterator
from dataclasses import dataclass
from unittest import mock

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Bbox

Color = tuple[float, float, float]


@dataclass(frozen=True)
class Written:
    """One text as it was drawn: where, in which panel (None of the page's own), how large in points."""

    text: str
    box: Bbox
    axes: Axes | None
    points: float


@dataclass(frozen=True)
class Page:
    """A figure after it was drawn, with what was written on it."""

    figure: Figure
    written: list[Written]

    @property
    def panels(self) -> list[Axes]:
        """The panels that are seen."""
        return [axes for axes in self.figure.findobj(Axes) if axes.get_visible() and axes.axison]

    @property
    def legends(self) -> list[Legend]:
        return self.figure.findobj(Legend)

    @property
    def words(self) -> str:
        return "\n".join(each.text for each in self.written)

    def overlapping_texts(self) -> list[tuple[str, str]]:
        """Pairs of texts whose boxes share more than an edge."""
        boxes = [each.box for each in self.written]
        return [
            (self.written[one].text, self.written[two].text)
            for one, two in _overlaps(boxes, boxes)
            if one < two
        ]

    def texts_over_other_panels(self) -> list[str]:
        """Texts that reach into the frame of a panel that is not theirs."""
        panels = self.panels
        pairs = _overlaps([each.box for each in self.written], [axes.get_window_extent() for axes in panels])
        return [
            self.written[one].text
            for one, two in pairs
            if self.written[one].axes not in (panels[two], *_twins(panels[two]))
        ]

    def texts_off_the_page(self) -> list[str]:
        """Texts that are cut off."""
        page = self.figure.bbox.padded(1)
        corners = [(each.text, each.box.get_points()) for each in self.written]
        return [text for text, ends in corners if not all(page.contains(*end) for end in ends)]

    def colors(self) -> set[Color]:
        """Every colour in which something is drawn."""
        return {
            color for artist in self.figure.findobj() if artist.get_visible() for color in _colors_of(artist)
        }


def drawn_page(figure: Figure) -> Page:
    """Draw it, and note every text that is: of an axis many more exist."""
    seen: list[Text] = []
    draw = Text.draw

    def noted(self: Text, renderer, *args, **kwargs):
        if self.get_visible() and self.get_text().strip():
            seen.append(self)
        return draw(self, renderer, *args, **kwargs)

    with mock.patch.object(Text, "draw", noted):
        figure.draw_without_rendering()
    written = [
        Written(text.get_text(), Text.get_window_extent(text), text.axes, float(text.get_fontsize()))
        for text in seen
    ]
    return Page(figure, written)


def _overlaps(ones: list[Bbox], others: list[Bbox]) -> list[tuple[int, int]]:
    """Places of those that overlap by more than a pixel: what is laid out edge to edge is rounded."""
    (x0, y0, x1, y1), (u0, v0, u1, v1) = (
        np.array([box.padded(-0.5).extents for box in boxes]).reshape(-1, 4).T for boxes in (ones, others)
    )
    wide = np.minimum(x1[:, None], u1) > np.maximum(x0[:, None], u0)
    high = np.minimum(y1[:, None], v1) > np.maximum(y0[:, None], v0)
    return [(int(one), int(other)) for one, other in np.argwhere(wide & high)]


def _twins(axes: Axes) -> list[Axes]:
    """Panels in the same place."""
    place = axes.get_window_extent().extents
    every = axes.get_figure(root=True).findobj(Axes)
    return [each for each in every if np.allclose(each.get_window_extent().extents, place)]


def _colors_of(artist: Artist) -> Iterator[Color]:
    if isinstance(artist, Line2D):
        found = [artist.get_color()] if artist.get_linestyle() not in ("None", "") else []
        has_marker = artist.get_marker() not in ("None", "", None)
        found += [artist.get_markerfacecolor(), artist.get_markeredgecolor()] if has_marker else []
    elif isinstance(artist, Collection | Patch):
        found = [artist.get_facecolor(), artist.get_edgecolor()]
    elif isinstance(artist, Text):
        found = [artist.get_color()] if artist.get_text() else []
    else:
        found = []
    for color in found:
        for red, green, blue, alpha in to_rgba_array(color).tolist():
            if alpha > 0:
                yield red, green, blue
