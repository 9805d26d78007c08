"""The stages of the experiment, in the order in which they run."""

from nbody_emulator.experiment.artifact import Stage

SIMULATIONS = Stage("simulations", "simulate.py", ("simulation.nc",))
SUMMARIES = Stage("summaries", "summarize.py", ("summary.nc",))
DATASETS = Stage("datasets", "gather.py", ("dataset.nc", "runs.csv"))
FITS = Stage("fits", "fit.py", ("emulator.eqx", "out_of_fold.nc", "fitting.nc"))
TRIALS = Stage("trials", "try_fits.py", ("trial.nc",))
PREDICTIONS = Stage("predictions", "predict.py", ("predictions.nc",))
TABLES = Stage("tables", "tabulate.py", ("table.csv",))
FIGURES = Stage("figures", "draw.py", ("figure.svg",))
METRICS = Stage("metrics", "measure.py", ("metrics.json",))
EVALUATIONS = Stage("evaluations", "evaluate.py", ("evaluation.json", "scores.csv"))

STAGES = (SIMULATIONS, SUMMARIES, DATASETS, FITS, TRIALS, PREDICTIONS, TABLES, FIGURES, METRICS, EVALUATIONS)
