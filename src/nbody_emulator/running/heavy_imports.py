"""What takes long to import, by the script whose every job needs it.

A job imports it just before its script would, which costs nothing more and tells what it took. What only some jobs of
a script need (one family's optimizer, one sampler's statistics) is not here: the others would import it in vain.
"""

from importlib import import_module

RUNS = ("xarray", "netCDF4")
MODELS = (*RUNS, "jax", "equinox")
FITS = (*MODELS, "sklearn.linear_model")

HEAVY = {
    "simulate.py": (*RUNS, "scipy.spatial.transform", "jax"),
    "call_simulator.py": RUNS,
    "import_runs.py": (*RUNS, "pandas"),
    "summarize.py": RUNS,
    "view.py": RUNS,
    "follow_stars.py": RUNS,
    "gather.py": RUNS,
    "fit.py": FITS,
    "fit_stars.py": MODELS,
    "run_trials.py": FITS,
    "predict.py": MODELS,
    "infer.py": (*MODELS, "scipy.stats", "scipy.interpolate"),
    "inform.py": (*MODELS, "scipy.stats"),
    "draw_posteriors.py": (*MODELS, "scipy.stats"),
    "compare_models.py": (*MODELS, "scipy.stats"),
    "evaluate.py": MODELS,
    "tabulate.py": RUNS,
    "measure.py": (*RUNS, "scipy.special"),
    "write_page.py": MODELS,
    "draw.py": ("seaborn",),
}


def import_heavy(script: str) -> None:
    """Import what every job of `script` needs; nothing for a script that is none of ours."""
    for module in HEAVY.get(script, ()):
        import_module(module)
