"""Synthetic datasets with known answers, laid out as the stages before the evaluation lay theirs out."""

import numpy as np
import xarray as xr
from gaussian_scores import scored

from nbody_emulator.quantities.coordinates import given_parameters, output_coordinates, parameter_coordinates
from nbody_emulator.quantities.quantity import Output, Parameter, free_parameters
from nbody_emulator.settings.parameters import Parameters, parameter_units
from nbody_emulator.settings.protocol import Given, MetricsSettings, TableSettings, ToldTask
from nbody_emulator.settings.units import Units
from nbody_emulator.streams import generator

SEED = 7
OUTPUTS = ["f_bound", "sigma_v"]
NOISE = {"f_bound": 0.3, "sigma_v": 0.5}
PROTOCOL = TableSettings(
    table="",
    seed=SEED,
    families=("mean", "linear", "network"),
    units=Units(),
    levels=(0.68, 0.90, 0.95),
    energy_tolerance=1e-3,
    unusable_above=1e-2,
    tasks=(
        ToldTask(name="mass", given=Given(features=("total_mass",)), families=("linear",)),
        ToldTask(name="stars", given=Given(features=("total_mass",), stars=True), families=("network",)),
    ),
)
METRICS = MetricsSettings(
    **{name: value for name, value in dict(PROTOCOL).items() if name != "table"},
    experiment="synthetic",
    outputs=OUTPUTS,
    tables=(),
)
PARAMETERS = Parameters(
    galactocentric_radius=4.0,
    scale_radius={"minimum": 0.5, "maximum": 2.0, "scale": "log"},
    virial_ratio={"minimum": 0.2, "maximum": 1.8, "scale": "linear"},
)
OUTPUT_COORDINATES = output_coordinates(
    (
        Output("f_bound", "bound_fraction", 1.0, "1", "logit", 0.01),
        Output("sigma_v", "velocity_dispersion", 1.0, "1", "log", 0.01),
    )
)
SETS = [
    ("train", "training", 4, 30, 1),
    ("replicate", "noise", 2, 10, 4),
    ("calibration", "calibration", 1, 60, 1),
]
REPEATS = ("repeat", "repeat", 1, 12, 2), 5
"""A set as above, and how often each of its runs is made from the same stars."""
CHAOS = {"f_bound": 0.1, "sigma_v": 0.4}
SEALED_SETS = [("test", "sealed", 1, 50, 2)]


def runs(sets=SETS) -> dict[str, np.ndarray]:
    """Columns of runs: where each comes from, its inputs (n, 2) and true response and targets (n, 2)."""
    origin = [
        (name, role, block, point, replicate)
        for name, role, blocks, points, replicates in sets
        for block in range(blocks)
        for point in range(points)
        for replicate in range(replicates)
    ]
    name, role, block, point, replicate = map(np.array, zip(*origin, strict=True))
    group = np.array([f"{row[0]}/{row[2]}/{row[3]}" for row in origin])
    index = np.unique(group, return_inverse=True)[1]
    random = generator(SEED, "data", *[row[0] for row in sets])
    unit = random.random((index.max() + 1, 2))[index]
    response = np.stack([2 * unit[:, 0] + np.sin(5 * unit[:, 1]), unit[:, 0] - unit[:, 1]], axis=1)
    noise = random.normal(size=response.shape) * [NOISE[output] for output in OUTPUTS]
    inputs = np.stack([0.5 * 4.0 ** unit[:, 0], 0.2 + 1.6 * unit[:, 1]], axis=1)
    return {
        "set": name,
        "role": role,
        "block": block,
        "point": point,
        "replicate": replicate,
        "perturbation": np.zeros_like(replicate),
        "group": group,
        "unit": unit,
        "input": inputs,
        "response": response,
        "target": response + noise,
    }


def with_repeats(columns=None) -> dict[str, np.ndarray]:
    """The runs, and beside them several from the same stars, which scatter by chaos about what the stars give."""
    of_set, count = REPEATS
    stars = runs([of_set])
    again = {name: np.repeat(values, count, axis=0) for name, values in stars.items()}
    again["perturbation"] = np.tile(1 + np.arange(count), len(stars["group"]))
    scatter = generator(SEED, "chaos").normal(size=again["target"].shape)
    again["target"] = again["target"] + scatter * [CHAOS[output] for output in OUTPUTS]
    columns = columns or runs()
    return {name: np.concatenate([values, again[name]]) for name, values in columns.items()}


def dataset(columns=None) -> xr.Dataset:
    """dataset.nc of the synthetic runs, all of them usable."""
    columns = columns or runs()
    count = len(columns["group"])
    fixed = np.full((count, 1), 4.0)
    return xr.Dataset(
        {
            **{name: ("run", columns[name]) for name in ("set", "role", "block", "group")},
            **{name: ("run", columns[name]) for name in ("replicate", "perturbation")},
            "parameter_values": (("run", "parameter"), np.hstack([fixed, columns["input"]])),
            "target": (("run", "output"), columns["target"].copy()),
            "usable": ("run", np.ones(count, dtype=bool)),
            "status": (
                "run",
                np.zeros(count, dtype=np.int8),
                {
                    "flag_values": np.arange(4, dtype=np.int8),
                    "flag_meanings": "ok above_tolerance unusable not_finite",
                },
            ),
            "energy_error": ("run", np.full(count, 1e-5)),
            "step_fraction": ("run", np.full(count, 5e-3)),
            "halvings": ("run", np.zeros(count, dtype=int)),
            "step_floor_hits": ("run", np.zeros(count, dtype=int)),
        },
        coords=OUTPUT_COORDINATES | given_parameters(PARAMETERS.given, parameter_units(Units())),
    )


def repeated(moved: float, columns=None) -> xr.Dataset:
    """The first ten training runs made again, every target moved by `moved`."""
    again = dataset(columns).isel(run=slice(10))
    return again.assign(target=again["target"] + moved, energy_error=again["energy_error"] / 16)


def with_radii(runs: xr.Dataset) -> xr.Dataset:
    """The dataset with Lagrangian radii that grow in run i by the factor 1 + i."""
    growth = 1.0 + np.arange(runs.sizes["run"])
    radii = np.stack([np.ones_like(growth), growth], axis=1)[:, :, None] * [1.0, 2.0, 4.0]
    ages = np.broadcast_to([0.0, 50.0], (runs.sizes["run"], 2))
    return runs.assign(
        lagrangian_radius=(("run", "time", "mass_fraction"), radii), age=(("run", "time"), ages)
    ).assign_coords(mass_fraction=[0.1, 0.5, 0.9], time=[0.0, 1.0])


def predictions(family: str, mean, deviation, columns=None) -> xr.Dataset:
    """predictions.nc of a family whose predicted mean and standard deviation are given, (n, 2)."""
    columns = columns or runs()
    training = columns["role"] == "training"
    deviation = np.broadcast_to(deviation, columns["target"].shape)
    predicted = xr.Dataset(
        {
            "mean": (("row", "output"), np.broadcast_to(mean, deviation.shape).copy()),
            "variance": (("row", "output"), deviation**2),
            "target": (("row", "output"), columns["target"].copy()),
            **{name: ("row", columns[name]) for name in ("role", "group", "block", "replicate")},
            "fold": ("row", np.where(training, columns["block"], -1)),
            "input": (("row", "parameter"), columns["input"]),
            "usable": ("row", np.ones(len(training), dtype=bool)),
        },
        coords=OUTPUT_COORDINATES | parameter_coordinates(parameters()),
        attrs={"family": family},
    )
    return scored(predicted)


def families(columns=None) -> tuple[xr.Dataset, ...]:
    """A mean, a line and a perfect network, each with the width that is right on average."""
    columns = columns or runs()
    noise = np.array([NOISE[output] for output in OUTPUTS])
    design = np.column_stack([np.ones(len(columns["unit"])), columns["unit"]])
    line = design @ np.linalg.lstsq(design, columns["response"], rcond=None)[0]
    mean = columns["response"].mean(axis=0)
    return tuple(
        predictions(family, fitted, np.sqrt(noise**2 + np.var(columns["response"] - fitted, axis=0)), columns)
        for family, fitted in (("mean", mean), ("linear", line), ("network", columns["response"]))
    )


KNOWN = {"linear": 0.5, "network": 1.0}
"""By family of a task, the share of the noise that what it is given lets it know."""


def tasks(columns=None) -> tuple[xr.Dataset, ...]:
    """Of every task its one family, which knows part of what the parameters leave to chance."""
    columns = columns or runs()
    noise = np.array([NOISE[output] for output in OUTPUTS])
    return tuple(
        predictions(
            family,
            columns["response"] + known * (columns["target"] - columns["response"]),
            np.maximum(1.0 - known, 0.1) * noise,
            columns,
        )
        for family, known in KNOWN.items()
    )


def trial(family: str, means, columns=None, ladder="", **coords) -> xr.Dataset:
    """trial.nc from predicted means (fits, n, 2) at the noise set's rows; coordinates (fits,) as given."""
    columns = columns or runs(SETS[1:2])
    fits = len(means)
    covariance = np.broadcast_to(np.eye(2), (*np.shape(means), 2))
    names = {"training_set": range(fits), "training_runs": [80] * fits, "rung": [0.0] * fits} | coords
    made = xr.Dataset(
        {
            "mean": (("fit", "row", "output"), np.asarray(means)),
            "variance": (("fit", "row", "output"), np.ones(np.shape(means))),
            "covariance": (("fit", "row", "output", "other_output"), covariance),
            "zero_coefficients": (("fit", "output"), np.full((fits, 2), np.nan)),
            "target": (("row", "output"), columns["target"].copy()),
            **{name: ("row", columns[name]) for name in ("group", "replicate")},
        },
        coords={
            **OUTPUT_COORDINATES,
            "other_output": OUTPUTS,
            **{name: ("fit", np.array(values)) for name, values in names.items()},
        },
        attrs={"family": family, "ladder": ladder},
    )
    return scored(made)


def parameters() -> tuple[Parameter, ...]:
    """The varied parameters."""
    return free_parameters(PARAMETERS.boxes, parameter_units(Units()))


OBSERVATIONS, DRAWS, SIMULATED = 3, 200, 40
"""Observed runs, draws of each of their posteriors, and so many of these simulated."""


def posterior_draws(varied: tuple[Parameter, ...] | None = None, outputs=OUTPUTS) -> xr.Dataset:
    """Draws from posteriors of three runs, and outputs that are standard normal wherever they are drawn."""
    varied = varied or parameters()
    random = generator(SEED, "posterior draws")
    fractions = random.beta(4.0, 4.0, (OBSERVATIONS, DRAWS, len(varied)))
    theta = np.stack(
        [
            each.from_unit_interval(column)
            for each, column in zip(varied, np.moveaxis(fractions, -1, 0), strict=True)
        ],
        axis=-1,
    )
    return xr.Dataset(
        {
            "parameter_draw": (("observation", "draw", "parameter"), theta),
            "truth": (("observation", "parameter"), theta[:, -1]),
            "emulated": (
                ("observation", "draw", "output"),
                random.standard_normal((OBSERVATIONS, DRAWS, len(outputs))),
            ),
            "observed": (("observation", "output"), random.standard_normal((OBSERVATIONS, len(outputs)))),
            "group": ("observation", np.array([f"observation/0/{place}" for place in range(OBSERVATIONS)])),
            "role": ("observation", np.full(OBSERVATIONS, "observation")),
        },
        {**parameter_coordinates(varied), "output": list(outputs)},
        attrs={"family": "linear"},
    )


def runs_at_draws(draws: xr.Dataset | None = None, shift: float = 0.0) -> xr.Dataset:
    """New runs at the first of these draws, like what was emulated but for a shift."""
    draws = posterior_draws() if draws is None else draws
    random, outputs = generator(SEED, "runs at draws"), draws.sizes["output"]
    block, point = (index.ravel() for index in np.indices((OBSERVATIONS, SIMULATED)))
    values = shift + random.standard_normal((len(block), outputs))
    return xr.Dataset(
        {
            "parameter_values": (
                ("run", "parameter"),
                draws["parameter_draw"].transpose("observation", "draw", "parameter").values[block, point],
            ),
            "block": ("run", block),
            "point": ("run", point),
            "usable": ("run", np.ones(len(block), dtype=bool)),
            "output_values": (("run", "output"), values),
            "target": (("run", "output"), values),
            "role": ("run", np.full(len(block), "predictive")),
        },
        {"parameter": draws["parameter"].values, "output": draws["output"].values},
    )


def information(family: str, varied: tuple[Parameter, ...] | None = None, size: float = 1.0) -> xr.Dataset:
    """Posteriors by what is observed: the first five of `posteriors`, and a forecast that is a little too narrow."""
    found = posteriors(family, varied, size=size)
    found = found.isel(run=found["role"].values == "observation")
    places, runs, count = (found.sizes[name] for name in ("posterior", "run", "parameter"))
    return found.drop_vars("likelihood").assign(
        observed=("posterior", np.array([f"choice_{place}" for place in range(places)])),
        outputs=("posterior", np.array(["f_bound r_h"] * places)),
        forecast_standard_deviation=(("posterior", "run", "parameter"), np.full((places, runs, count), 0.13)),
        forecast_information=(("posterior", "run"), np.full((places, runs), 1.6)),
    )


JUDGED = (("joint", 0), ("joint", 1), ("correlated", 0), ("correlated", 1), ("scatter_left_out", 0))
"""Likelihood, and whether the calibration runs have widened it."""

ROLES_OF_POSTERIORS = {"observation": 120, "calibration": 60, "mock": 80}


def posteriors(
    family: str, varied: tuple[Parameter, ...] | None = None, too_narrow: float = 1.0, size: float = 1.0
) -> xr.Dataset:
    """Posteriors that are right, but those without the scatter; `too_narrow` is a power of what should be uniform."""
    varied = varied or parameters()
    counts = {role: max(8, round(size * count)) for role, count in ROLES_OF_POSTERIORS.items()}
    role = np.repeat(list(counts), list(counts.values()))
    random, runs = generator(SEED, "posteriors", family), len(role)
    shape = len(JUDGED), runs
    wrong = np.array([8.0 if name == "scatter_left_out" else 1.0 for name, _ in JUDGED])[:, None]
    level = random.random(shape) ** (1.0 / (wrong * too_narrow))
    truth = random.random((runs, len(varied)))
    spread = np.full((*shape, len(varied)), 0.15)
    asked = (role != "calibration") | (np.array([each == ("joint", 1) for each in JUDGED])[:, None])
    asked &= (role != "mock") | (np.array([each == ("joint", 0) for each in JUDGED])[:, None])

    def of_runs(values, long_name="a number of each run"):
        mask = asked if values.ndim == 2 else asked[..., None]
        return (
            ("posterior", "run", "parameter")[: values.ndim],
            np.where(mask, values, np.nan),
            {
                "long_name": long_name,
                "units": "1",
            },
        )

    return xr.Dataset(
        {
            "hpd_level": of_runs(level),
            "random_distance": of_runs(random.random(shape)),
            "distance": of_runs(random.random(shape)),
            "rank": of_runs(random.random((*shape, len(varied)))),
            "mean": of_runs(truth + spread * random.standard_normal(spread.shape)),
            "standard_deviation": of_runs(spread),
            "log_posterior": of_runs(1.5 - 0.2 * wrong + random.standard_normal(shape)),
            "log_evidence": of_runs(random.standard_normal(shape)),
            "effective_size": of_runs(np.full(shape, 500.0)),
            "likelihood": ("posterior", np.array([name for name, _ in JUDGED])),
            "is_widened": ("posterior", np.array([widened for _, widened in JUDGED])),
            "variance_factor": ("posterior", np.array([1.3 if widened else 1.0 for _, widened in JUDGED])),
            "variance_factor_error": ("posterior", np.array([0.1 * widened for _, widened in JUDGED])),
            "truth": (("run", "parameter"), truth),
            "input": (("run", "parameter"), truth),
            "role": ("run", role),
            "group": ("run", np.array([f"{name}/0/{place}" for place, name in enumerate(role)])),
            "usable": ("run", np.ones(runs, dtype=np.int8)),
        },
        parameter_coordinates(varied),
        attrs={"family": family},
    )
