"""The figure of the training shows losses as the table has them, and says where there are none."""

import figures_data
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from nbody_emulator.figures.training_history import ALL_BLOCKS, FIGURE

TABLE = figures_data.tables(size=0.2, folds=2, only=["training_history"])["training_history"]


def panel_of(table: pd.DataFrame):
    (panel,) = FIGURE.draw(table, figures_data.STYLE).axes
    return panel


def test_losses_are_means_of_members_over_the_least_validation_loss_of_their_fit():
    shown = [line.get_xydata() for line in panel_of(TABLE).get_lines()]
    for (_, fold), rows in TABLE.groupby(["family", "fold"]):
        losses = rows.groupby("epoch")[["training_loss", "validation_loss"]].mean()
        above = losses - losses["validation_loss"].min()
        for name in ("training_loss", "validation_loss") if fold == ALL_BLOCKS else ("validation_loss",):
            curve = np.column_stack([above.index + 1, above[name]])
            assert any(line.shape == curve.shape and np.allclose(line, curve) for line in shown)


def test_the_least_losses_and_where_members_stop_are_inside_the_panel():
    panel = panel_of(TABLE)
    low, high = panel.get_ylim()
    of_all = TABLE[TABLE["fold"] == ALL_BLOCKS]
    for family, rows in of_all.groupby("family"):
        losses = rows.groupby("epoch")[["training_loss", "validation_loss"]].mean()
        assert low < (losses - losses["validation_loss"].min()).min().min(), family
    stops = [line for line in panel.get_lines() if len(line.get_xdata()) == 1]
    found = sorted(float(line.get_xdata()[0]) for line in stops)
    medians = of_all.drop_duplicates(["family", "member"]).groupby("family")["best_epoch"].median()
    assert found == pytest.approx(sorted(medians + 1))
    assert all(low < line.get_ydata()[0] < high for line in stops)


def test_an_experiment_without_training_by_epochs_says_so():
    panel = panel_of(figures_data.as_read(TABLE.iloc[:0]))
    assert "no family is trained by epochs" in [text.get_text() for text in panel.findobj(Text)]
