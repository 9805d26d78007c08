# %% [markdown]
# # From a table of your own to a calibrated emulator
#
# You have runs of a simulator in a file, a row a run. Here they go through the same steps as the clusters of
# this package: checks, a fit, scores on runs that the fit has not seen, and the question that matters most:
# do the intervals hold what they promise? It takes a minute and no workflow; the workflow follows at the
# end.
#
# The runs are of the borehole function (Harper & Gupta 1983), the flow of water between two aquifers, a
# usual test of emulators: eight parameters, one output, no scatter. They lie in `examples/borehole/`.

# %%
# %matplotlib inline
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import yaml

from nbody_emulator import Table, cross_validate
from nbody_emulator.settings.protocol import Tuning

pd.set_option("display.width", 120)
runs = pd.read_csv("../../examples/borehole/training.csv")
runs.head(3)

# %% [markdown]
# ## What the columns are
#
# Each parameter needs its unit and its box: the range from which the runs were drawn, outside which the
# emulator will refuse. Each output needs a unit and a transform: `log` for what is positive. Any mapping
# will do; here it is read from the configuration that we need later.

# %%
configuration = yaml.safe_load(Path("../../config/borehole.yaml").read_text())
parameters, outputs = configuration["parameters"], configuration["outputs"]
print("rw:", parameters["rw"])
print("r:", parameters["r"])
print("outputs:", outputs)

# %% [markdown]
# ## Checks at the door
#
# A table is checked before anything is fitted, and what is wrong is told with its place and a remedy. A
# column in centimetres, one that is missing, a flow with the wrong sign:


# %%
def refused(frame):
    try:
        Table.from_frame(frame, parameters, outputs)
    except ValueError as error:
        print(error)


refused(runs.assign(rw=100 * runs["rw"]))
refused(runs.rename(columns={"kw": "k"}))
refused(runs.assign(flow=-runs["flow"]))

# %% [markdown]
# These runs pass, and fall into five blocks by a hash of their parameters. Runs with the same parameters
# (replicates of a stochastic simulator) would share a block.

# %%
table = Table.from_frame(runs, parameters, outputs)
pd.Series(table.blocks).value_counts().sort_index().rename("runs in block")

# %% [markdown]
# ## Fit, and score on runs not seen
#
# Two families: a straight line, which every other should beat, and a Gaussian process. Each is fitted to all
# runs, and five times without a block, so that every run is predicted by a fit that has not seen it.
# Hyperparameters are chosen inside each training set, among as many candidates for each family.

# %%
study = cross_validate(table, ["linear", "gaussian_process"], tuning=Tuning(candidates=3, folds=3))

# %% [markdown]
# `rmse` is of the logarithm of the flow: 0.01 is about one per cent. `nll` is the negative log score in
# nats, which judges the whole predicted distribution; lower is better.

# %% tags=["near"]
scores = study.scores.query("output == 'flow' and metric in ['rmse', 'r2', 'nll']")
scores.pivot(index="family", columns="metric", values=["value", "standard_error"]).astype(float).round(4)

# %% [markdown]
# The process errs by a fraction of a per cent. Many papers stop here.
#
# ## Do its intervals hold?
#
# The calibration runs are independent draws from the box that no fit has seen. `raw` is what the intervals
# hold as the emulator states them.

# %% tags=["near"]
calibration = pd.read_csv("../../examples/borehole/calibration.csv")
held = study.calibrate(Table.from_frame(calibration, parameters, outputs))
process = held.query("family == 'gaussian_process' and output == 'flow'")
process.query("treatment == 'raw'")[["level", "value", "standard_error", "count"]].round(3)

# %% [markdown]
# Intervals of 90 % that hold would cover 0.90 ± 0.04 of 60 runs; these cover too few. The emulator is a very
# good one, and says that it is better still. Out of fold the same was to be seen before the calibration runs
# were touched:

# %% tags=["near"]
process.query("treatment == 'raw_out_of_fold'")[["level", "value", "standard_error", "count"]].round(3)

# %% [markdown]
# `recalibrated` maps probabilities by the calibration runs, and `split_conformal` takes the width from them.
# The runs are taken in ten parts, each treated by what the other nine say, so that none is judged by itself.

# %% tags=["near"]
treatments = ["raw", "recalibrated", "split_conformal"]
mended = process[process["treatment"].isin(treatments)]
mended.pivot(index="level", columns="treatment", values="value").astype(float).round(3)

# %% [markdown]
# Here is where it goes wrong, run by run:

# %%
emulator = study.emulators["gaussian_process"]
predicted = emulator.predict(calibration.drop(columns="flow"))["flow"]
off = 100 * (calibration["flow"] / predicted.median - 1)
low, high = (100 * (end / predicted.median - 1) for end in predicted.interval(0.90))
outside = (off < low) | (off > high)
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.vlines(calibration["flow"], low, high, color="#0072b2", alpha=0.4, label="90 % interval")
axes.plot(calibration["flow"][~outside], off[~outside], ".", color="#0072b2", label="inside")
axes.plot(calibration["flow"][outside], off[outside], "x", color="#d55e00", label="outside")
axes.set(xlabel="flow [m3/yr]", ylabel="off the median [%]", xscale="log")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# ## Keep it
#
# The emulator is a file like any other, with its box, its units and its intervals, which `Emulator.load`
# reads and [Load and predict](load_and_predict.md) uses.
#
# ```python
# emulator.save("borehole.eqx")
# ```
#
# ## The same as an experiment
#
# What a paper needs beyond this is in the workflow: more families compared run by run, learning curves,
# figures, and a sealed test set that is opened once. `config/borehole.yaml` names the three files and what
# was said above. In a shell:
#
# ```
# make explain EXPERIMENT=borehole     # what would be made
# make results EXPERIMENT=borehole     # one minute; ends in results/borehole/
# make evaluate EXPERIMENT=borehole    # opens sealed.csv, once, and writes it into a ledger
# ```
#
# The first of them runs nothing. It says what would be made and why, and, before that, what these runs
# cannot tell:

# %% language="bash"
# cd ../..
# make explain EXPERIMENT=borehole > explained.txt
# grep "left out" explained.txt

# %% [markdown]
# `make results` leaves in `results/borehole/` the emulators, the tables (`scores.csv` and `calibration.csv`
# have what was asked for above, of four families), figures with captions, and `metrics.json`, with the
# family to use and why. Change one row of `training.csv`, and its block and the fits are made again; change
# one of `calibration.csv`, and nothing is fitted. [Change and rerun](change_and_rerun.md) shows how to see
# that beforehand.
#
# ## Where this ends
#
# - 60 calibration runs tell a coverage of 90 % to 4 points, no better. Have 200.
# - Nobody can check for you that they are independent draws from the box. If they are not, these percentages
#   mean nothing.
# - A coverage is of all such runs together: in one corner of the box the intervals may hold less.
# - [Own runs](../own_runs.md) has the keys, the checks and simulators that are functions of Python.
