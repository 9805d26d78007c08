"""The stages of the experiment, in the order in which they run, and what each table is made from."""

from nbody_emulator.experiment.artifact import Stage

SIMULATIONS = Stage("simulations", "simulate.py", ("simulation.nc",))
SUMMARIES = Stage("summaries", "summarize.py", ("summary.nc",))
DATASETS = Stage("datasets", "gather.py", ("dataset.nc",))
FITS = Stage("fits", "fit.py", ("emulator.eqx", "fitting.nc"))
TRIALS = Stage("trials", "try_fits.py", ("trial.nc",))
PREDICTIONS = Stage("predictions", "predict.py", ("predictions.nc",))
TABLES = Stage("tables", "tabulate.py", ("table.csv",))
FIGURES = Stage("figures", "draw.py", ("figure.svg",))
METRICS = Stage("metrics", "measure.py", ("metrics.json",))
EVALUATIONS = Stage("evaluations", "evaluate.py", ("evaluation.json", "scores.csv"))

STAGES = (SIMULATIONS, SUMMARIES, DATASETS, FITS, TRIALS, PREDICTIONS, TABLES, FIGURES, METRICS, EVALUATIONS)

TABLE_SOURCES = {
    "scores": {"dataset": "dataset", "predictions": "predictions"},
    "comparison": {"predictions": "predictions"},
    "design": {"dataset": "dataset"},
    "energy": {"dataset": "dataset"},
    "noise": {"dataset": "dataset"},
    "bias_variance": {"trials": "ladders"},
    "learning_curve": {"trials": "curves", "predictions": "predictions"},
    "training_history": {"fittings": "fittings"},
    "calibration": {"predictions": "predictions"},
    "residuals": {"predictions": "predictions"},
}
"""Table -> role in which it reads -> the kind of result it reads in that role."""

FIGURE_NAMES = tuple(name for name in TABLE_SOURCES if name != "scores")
"""Each figure shows the table of its own name."""
