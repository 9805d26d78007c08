"""Bands of perfection are left by one perfect prediction in twenty, however its rows were made."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from gaussian_scores import PROTOCOL_OF_THE_MEAN, scored
from scipy.stats import t

from nbody_emulator.evaluation.calibration import make
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.quantities.coordinates import parameter_coordinates
from nbody_emulator.streams import generator

REPEATS = 150
CALIBRATION, NOISE = 200, 60
OUTPUTS = ["normal", "student"]
"""z of two shapes: normal, and Student's with three degrees of freedom, of which no factor makes a normal."""

PROMISED = [
    ("raw", "normal"),
    ("recalibrated", "normal"),
    ("conformal", "normal"),
    # Conformal intervals promise their coverage whatever the distribution.
    ("conformal", "student"),
]


def predictions(random) -> xr.Dataset:
    count = CALIBRATION + NOISE
    z = np.stack([random.normal(size=count), t(3).rvs(count, random_state=random)], axis=1)
    made = xr.Dataset(
        {
            "mean": (("row", "output"), np.zeros_like(z)),
            "variance": (("row", "output"), np.ones_like(z)),
            "target": (("row", "output"), z),
            "role": ("row", np.repeat(["calibration", "noise"], [CALIBRATION, NOISE])),
            "group": ("row", np.arange(count).astype(str)),
            "replicate": ("row", np.zeros(count, dtype=int)),
            "fold": ("row", np.full(count, -1)),
            "input": (("row", "parameter"), np.zeros((count, 0))),
            "usable": ("row", np.ones(count, dtype=bool)),
        },
        coords={"output": OUTPUTS, **parameter_coordinates(())},
        attrs={"family": "mean"},
    )
    return scored(made)


@pytest.fixture(scope="module")
def tables() -> pd.DataFrame:
    """Calibration of perfect predictions, drawn again and again; the parts stay, as those of one experiment do."""
    made = [
        make(Sources(predictions=(predictions(generator(5, "nulls", repeat)),)), PROTOCOL_OF_THE_MEAN)
        for repeat in range(REPEATS)
    ]
    return pd.concat(made, ignore_index=True)


@pytest.mark.parametrize(("treatment", "output"), PROMISED)
def test_one_perfect_prediction_in_twenty_leaves_its_band(treatment, output, tables):
    chosen = tables[(tables["treatment"] == treatment) & (tables["output"] == output)]
    chosen = chosen[chosen["band_high"].notna()]
    out = (chosen["value"] < chosen["band_low"] - 1e-9) | (chosen["value"] > chosen["band_high"] + 1e-9)
    keys = ["quantity", "stratum", "level"]
    # Of a curve the whole has one band.
    curves = chosen["quantity"].isin(["reliability", "pit"])
    rates = out[~curves].groupby([chosen[key] for key in keys], dropna=False).mean()
    repeat = chosen.groupby(keys, dropna=False).cumcount()
    whole = out[curves].groupby([chosen["quantity"], repeat]).any().groupby(level=0).mean()
    # Four binomial errors of 150 repeats at 5 % are 7 %.
    assert rates.max() < 0.12 and whole.max() < 0.12
    # What is no count of runs may take any value: the rate is the nominal one.
    smooth = rates[rates.index.get_level_values("quantity").isin(["mace", "z_mean", "z_standard_deviation"])]
    assert smooth.min() > 0.01
    # Of whole runs a band holds more than asked, but it can be left: its rate is at least half the nominal one.
    everything = rates[rates.index.get_level_values("stratum") == "all"]
    assert everything.mean() > 0.02 and whole.min() > 0.005


@pytest.mark.parametrize("treatment", ["recalibrated", "conformal"])
def test_stated_errors_of_cross_fitted_numbers_are_their_scatter(treatment, tables):
    chosen = tables[(tables["treatment"] == treatment) & (tables["output"] == "normal")]
    chosen = chosen[
        chosen["quantity"].isin(["coverage", "mace"]) & chosen["stratum"].isin(["all", "role:noise"])
    ]
    groups = chosen.groupby(["quantity", "stratum", "level"], dropna=False)
    assert set(chosen["quantity"]) == {"coverage", "mace"}
    for name, found in groups:
        # A scatter of 150 is known to 6 %, and the simulated one to 1.6 %: three of these.
        assert found["standard_error"].mean() == pytest.approx(found["value"].std(), rel=0.18), name


def test_a_shape_that_no_factor_mends_is_seen(tables):
    chosen = tables[(tables["treatment"] == "recalibrated") & (tables["output"] == "student")]
    middle = chosen[
        (chosen["quantity"] == "coverage") & (chosen["level"] == 0.68) & (chosen["stratum"] == "all")
    ]
    # Widths that fit three degrees of freedom's far tails hold too many in the middle: nearly always told.
    assert np.mean(middle["value"] > middle["band_high"]) > 0.9
