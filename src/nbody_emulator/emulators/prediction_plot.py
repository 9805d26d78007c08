"""Pictures of predictions: a curve with its bands along one parameter, or all pairs of outputs at one point."""

from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.descriptions import with_unit
from nbody_emulator.extras import extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nbody_emulator.emulators.prediction import Prediction
    from nbody_emulator.quantities.quantity import Output, Parameter

BANDS = (0.90, 0.68)
DRAWS, SEED = 2000, 0
"""Of the sample at one point."""
COLOUR = "#0072b2"
PANEL = 2.4
"""Width and height of a panel [inch]."""


def drawn(prediction: "Prediction") -> "Figure":
    """A figure that belongs to no window; a notebook shows it, `figure.savefig` writes it.

    Raises:
        ValueError: the points are neither one nor along one parameter.
    """
    varied = [
        place
        for place in range(len(prediction.asked.parameters))
        if np.ptp(prediction.asked.values[..., place]) > 0.0
    ]
    if not prediction.asked.shape:
        return _corner(prediction)
    if len(prediction.asked.shape) == 1 and len(varied) == 1:
        return _curves(prediction, varied[0])
    names = ", ".join(prediction.asked.parameters[place].name for place in varied) or "no parameter"
    raise ValueError(
        f"a plot is of one point, or of points on one axis that differ in one parameter, not in {names}; "
        "predict such points, or use to_dataframe()"
    )


def _curves(prediction: "Prediction", varied: int) -> "Figure":
    parameter = prediction.asked.parameters[varied]
    values = prediction.asked.values[:, varied]
    order = np.argsort(values)
    figure, panels = _panels(1, len(prediction.outputs))
    for axes, name in zip(panels[0], prediction, strict=True):
        one = prediction[name]
        for level in BANDS:
            low, high = (end[order] for end in one.interval(level))
            axes.fill_between(
                values[order], low, high, color=COLOUR, alpha=0.25, linewidth=0, label=f"{level:.0%}"
            )
        axes.plot(values[order], one.median[order], color=COLOUR, label="median")
        axes.set(xlabel=_label(parameter), ylabel=_label(one.outputs[0]))
        axes.set_xscale(parameter.scale)
    panels[0, 0].legend(frameon=False)
    return figure


def _corner(prediction: "Prediction") -> "Figure":
    columns = prediction.sample(DRAWS, SEED).reshape(DRAWS, -1).T
    figure, panels = _panels(len(columns), len(columns))
    for row, below in enumerate(prediction.outputs):
        for column, beside in enumerate(prediction.outputs):
            axes = panels[row, column]
            if column > row:
                axes.set_axis_off()
            elif column == row:
                axes.hist(columns[row], bins=40, color=COLOUR, alpha=0.5)
                axes.axvline(np.median(columns[row]), color=COLOUR)
                axes.set(xlabel=_label(beside), yticks=[])
            else:
                axes.plot(columns[column], columns[row], ".", color=COLOUR, markersize=1.5, alpha=0.4)
                axes.set(xlabel=_label(beside), ylabel=_label(below))
    return figure


def _panels(rows: int, columns: int):
    with extra("workflow"):
        from matplotlib.figure import Figure

    figure = Figure(figsize=(PANEL * columns + 0.4, PANEL * rows + 0.4), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def _label(quantity: "Parameter | Output") -> str:
    return with_unit(quantity.name, "1" if quantity.unit == "1" else f"[{quantity.unit}]").replace("_", " ")
