"""The stages of the experiment, in the order in which they run."""

from nbody_emulator.plan.artifact import Stage

SIMULATIONS = Stage("simulations", "simulate.py", {"simulation": "simulation.nc"})
CALLS = Stage("calls", "call_simulator.py", {"summary": "summary.nc"})
IMPORTS = Stage("imports", "import_runs.py", {"summary": "summary.nc"})
SUMMARIES = Stage("summaries", "summarize.py", {"summary": "summary.nc"})
VIEWS = Stage("views", "view.py", {"view": "view.nc"})
STARS = Stage("stars", "follow_stars.py", {"stars": "stars.nc"})
DATASETS = Stage("datasets", "gather.py", {"dataset": "dataset.nc", "runs": "runs.csv"})
FITS = Stage(
    "fits",
    "fit.py",
    {
        "emulator": "emulator.eqx",
        "fold_emulators": "fold_emulators.zip",
        "out_of_fold": "out_of_fold.nc",
        "fittings": "fitting.nc",
    },
)
FATES = Stage(
    "fates",
    "fit_stars.py",
    {
        "classifier": "classifier.eqx",
        "fate_predictions": "out_of_fold.nc",
        "fittings": "fitting.nc",
    },
)
TRIALS = Stage("trials", "run_trials.py", {"trial": "trial.nc"})
PREDICTIONS = Stage("predictions", "predict.py", {"predictions": "predictions.nc"})
POSTERIORS = Stage("posteriors", "infer.py", {"posteriors": "posteriors.nc", "emulator": "emulator.eqx"})
INFORMATION = Stage("information", "inform.py", {"information": "information.nc"})
DRAWS = Stage("draws", "draw_posteriors.py", {"draws": "draws.nc"})
EVIDENCES = Stage("evidences", "compare_models.py", {"evidences": "evidences.nc"})
TABLES = Stage("tables", "tabulate.py", {"table": "table.csv"})
FIGURES = Stage(
    "figures", "draw.py", {"figure": "figure.svg", "document": "figure.pdf", "slide": "figure.png"}
)
METRICS = Stage("metrics", "measure.py", {"metrics": "metrics.json"})
PAGES = Stage("pages", "write_page.py", {"page": "explore.html"})
EVALUATIONS = Stage(
    "evaluations",
    "evaluate.py",
    {"evaluation": "evaluation.json", "scores": "scores.csv", "table": "sealed_test.csv"},
)

STAGES = (
    SIMULATIONS,
    CALLS,
    IMPORTS,
    SUMMARIES,
    VIEWS,
    STARS,
    DATASETS,
    FITS,
    FATES,
    TRIALS,
    PREDICTIONS,
    POSTERIORS,
    INFORMATION,
    DRAWS,
    EVIDENCES,
    TABLES,
    FIGURES,
    METRICS,
    PAGES,
    EVALUATIONS,
)
