"""Synthetic tables of every figure, with the columns and the look of a real run's."""

import io
from collections.abc import Collection
from itertools import product

import evaluation_data
import fates_samples
import figures_data_runs
import numpy as np
import odds_samples
import pandas as pd

from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.figures.register import FIGURES, table_of
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.figure_style import Style
from nbody_emulator.streams import generator

STYLE = Style()
FAMILIES = [
    "mean",
    "physics",
    "linear",
    "power_law",
    "polynomial",
    "legendre",
    "lasso",
    "neighbours",
    "support_vectors",
    "gaussian_process",
    "forest",
    "boosting",
    "laplace",
    "mc_dropout",
    "variational",
    "nuts_network",
    "network",
    "mixture_network",
    "flow",
    "autoregressive_network",
]
OUTPUTS = ["f_bound", "r_core", "r_h", "sigma_v"]
NOISE = {"f_bound": 0.12, "r_core": 0.09, "r_h": 0.02, "sigma_v": 0.01}
BIAS = {
    "mean": 0.9,
    "physics": 0.3,
    "linear": 0.25,
    "power_law": 0.22,
    "polynomial": 0.04,
    "legendre": 0.035,
    "lasso": 0.045,
    "neighbours": 0.2,
    "support_vectors": 0.05,
    "gaussian_process": 0.03,
    "forest": 0.1,
    "boosting": 0.07,
    "laplace": 0.03,
    "mc_dropout": 0.035,
    "variational": 0.04,
    "nuts_network": 0.02,
    "network": 0.02,
    "mixture_network": 0.025,
    "flow": 0.055,
    "autoregressive_network": 0.022,
}
BOXES = {
    "galactocentric_radius [kpc]": (1.0, 10.0, True),
    "scale_radius [pc]": (0.5, 2.0, True),
    "virial_ratio": (0.2, 1.8, False),
    "concentration": (3.0, 9.0, False),
    "metallicity [dex]": (-2.0, 0.0, False),
}
UNITS = {"f_bound": "1", "r_core": "pc", "r_h": "pc", "sigma_v": "pc Myr-1"}


def as_read(table: pd.DataFrame) -> pd.DataFrame:
    """The table as a script reads it: written to CSV and back."""
    return pd.read_csv(io.StringIO(table.to_csv(index=False)))


def tables(
    size: float = 1.0,
    parameters: int = 3,
    outputs=None,
    families=None,
    folds: int = 8,
    only: Collection[str] = tuple(map(table_of, FIGURES.names)),
) -> dict:
    """All tables, or these alone; `size` 1 is about the default experiment, 0.1 about the `test` one."""
    outputs, families = list(outputs or OUTPUTS), list(families or FAMILIES)
    random = generator(11, "figures", parameters, len(outputs), len(families))
    points, names = _points(random, parameters, size), list(BOXES)[:parameters]
    boxes = dict(list(BOXES.items())[:parameters])
    of_runs, of_costs, of_parts = (generator(11, "figures", name) for name in ("runs", "costs", "parts"))
    of_tasks = generator(11, "figures", "tasks")
    makers = {
        "design": lambda: points.drop(columns="replicates"),
        "energy": lambda: _energy(random, points),
        "noise": lambda: _noise(random, points, outputs),
        "noise_parts": lambda: figures_data_runs.noise_parts(of_parts, outputs),
        "given": lambda: figures_data_runs.given(of_tasks, outputs, families),
        "fate_curves": lambda: fates("fate_curves", 1 + parameters // 2, size),
        "bias_variance": lambda: _ladders(COMPLEXITY, outputs, size),
        "regularization": lambda: _ladders(REGULARIZERS, outputs, size),
        "learning_curve": lambda: _learning_curve(random, outputs, families, size),
        "training_history": lambda: _training_history(random, folds, size),
        "calibration": lambda: _calibration(random, outputs, families, points),
        "residuals": lambda: _residuals(random, points, outputs, families),
        "half_step": lambda: _half_step(outputs),
        "evolution": lambda: _evolution(points),
        "comparison": lambda: _comparison(random, families),
        "posteriors": lambda: _posteriors(names, families[:4], size),
        "odds": lambda: odds(1 + parameters, size),
        "response": lambda: figures_data_runs.response(of_runs, boxes, outputs, UNITS, size),
        "sealed_test": lambda: figures_data_runs.sealed_test(of_runs, outputs, UNITS, families, size),
        "costs": lambda: figures_data_runs.costs(_comparison(of_costs, families)),
    }
    made = {name: make() for name, make in makers.items() if name in only}
    if not {"information", "recovered", "predictive"}.isdisjoint(only):
        made |= _of_first_family(names, outputs, size)
    return {name: as_read(table) for name, table in made.items()}


def _of_first_family(names: list[str], outputs: list[str], size: float) -> dict[str, pd.DataFrame]:
    varied = tuple(
        Parameter(name.partition(" [")[0], name.partition(" [")[2].removesuffix("]") or "1", low, high, scale)
        for name in names
        for low, high, scale in [(*BOXES[name][:2], "log" if BOXES[name][2] else "linear")]
    )
    draws = evaluation_data.posterior_draws(varied, outputs)
    sources = Sources(
        information=(evaluation_data.information("linear", varied, 5 * size),),
        draws=(draws,),
        predictive=(evaluation_data.runs_at_draws(draws),),
    )
    names = ("information", "recovered", "predictive")
    return {name: TABLES.load(name)(sources, evaluation_data.PROTOCOL) for name in names}


def _posteriors(names: list[str], families: list[str], size: float) -> pd.DataFrame:
    varied = tuple(Parameter(name.partition(" [")[0], "1", 0.0, 1.0, "linear") for name in names)
    datasets = tuple(evaluation_data.posteriors(family, varied, size=5 * size) for family in families)
    protocol = evaluation_data.PROTOCOL.changed(families=tuple(families))
    return TABLES.load("posteriors")(Sources(posteriors=datasets), protocol)


def odds(models: int, size: float) -> pd.DataFrame:
    evidences = odds_samples.evidences(models, points=max(8, round(600 * size)))
    return TABLES.load("odds")(Sources(evidences=(evidences,)), evaluation_data.PROTOCOL)


def fates(table: str, studies: int, size: float) -> pd.DataFrame:
    """The table of this name, of so many studies."""
    predictions = fates_samples.every(
        tuple(fates_samples.STUDIES)[:studies], points=max(8, round(600 * size))
    )
    return TABLES.load(table)(Sources(fate_predictions=predictions), evaluation_data.PROTOCOL)


def _points(random, parameters: int, size: float) -> pd.DataFrame:
    sets = [
        ("train", "training", 640, 1),
        ("replicate", "noise", 60, 5),
        ("repeat", "repeat", 24, 6),
        ("calibration", "calibration", 200, 1),
    ]
    parts = []
    for name, role, count, replicates in sets:
        count = max(8, round(count * size))
        frame = pd.DataFrame(
            {
                "set": name,
                "role": role,
                "group": [f"{name}/0/{point}" for point in range(count)],
                "usable": random.random(count) > 0.01,
                "replicates": replicates,
            }
        )
        for column, (low, high, log) in list(BOXES.items())[:parameters]:
            unit = random.random(count)
            frame[column] = low * (high / low) ** unit if log else low + (high - low) * unit
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _energy(random, points: pd.DataFrame) -> pd.DataFrame:
    runs = points.loc[points.index.repeat(points["replicates"])].reset_index(drop=True)
    count = len(runs)
    error = 10 ** random.normal(-4.2, 0.8, count)
    halvings = np.clip(np.floor(np.log10(error) * 1.2 + 5.2), 0, 4).astype(int)
    error = np.minimum(error, 10 ** random.normal(-3.2, 0.15, count))
    error[random.random(count) < 0.006] *= 30
    error[random.random(count) < 0.003] = np.nan
    words = np.select(
        [np.isnan(error), error > 1e-2, error > 1e-3], ["not_finite", "unusable", "above_tolerance"], "ok"
    )
    place = list(runs.columns).index("replicates")
    runs = runs.drop(columns=["replicates", "usable"])
    made = {
        "replicate": runs.groupby("group").cumcount(),
        "perturbation": 0,
        "status": words,
        "energy_error": error,
        "step_fraction": 0.005 * 0.5**halvings,
        "halvings": halvings,
        "step_floor_hits": 0,
        "missing_outputs": np.where(random.random(count) < 0.01, "r_h r_core", ""),
    }
    for offset, (name, values) in enumerate(made.items()):
        runs.insert(place - 1 + offset, name, values)
    return runs


def _noise(random, points: pd.DataFrame, outputs) -> pd.DataFrame:
    made = pd.concat([_noise_of(random, points, output) for output in outputs], ignore_index=True)
    # One point where the output never existed.
    numbers = ["variance", "standard_error", "lower", "upper"]
    shares = ["share", "share_standard_error", "share_lower", "share_upper"]
    made.loc[2, [*numbers, *shares]] = np.nan
    made.loc[2, "degrees_of_freedom"] = 0
    return made


def _noise_of(random, points: pd.DataFrame, output: str) -> pd.DataFrame:
    """The noise and chaos, over all and at points, then the draw of stars; a quarter of the noise is chaos."""
    level = NOISE.get(output, 0.05)
    names = [column for column in points if column in BOXES]
    parts = []
    for part, role, freedom, share in (("noise", "noise", 4, 1.0), ("chaos", "repeat", 5, 0.25)):
        chosen = points[points["role"] == role]
        trend = np.exp(0.6 * (chosen[names[-1]] - chosen[names[-1]].mean())) if names else 1.0
        variance = level * share * trend * random.chisquare(freedom, len(chosen)) / freedom
        errors = variance * np.sqrt(2 / freedom)
        pooled = dict.fromkeys(names, np.nan) | {"group": "all", "degrees_of_freedom": freedom * len(chosen)}
        pooled |= {"variance": variance.mean(), "standard_error": variance.std() / np.sqrt(len(variance))}
        at_points = chosen[["group", *names]].assign(
            variance=variance, standard_error=errors, degrees_of_freedom=freedom
        )
        parts.append(pd.concat([pd.DataFrame([pooled]), at_points], ignore_index=True).assign(part=part))
    rows = pd.concat(parts, ignore_index=True)
    relative = 2 * rows["standard_error"] / rows["variance"]
    rows["lower"], rows["upper"] = (rows["variance"] * np.exp(sign * relative) for sign in (-1, 1))
    noise, chaos = (
        rows[(rows["group"] == "all") & (rows["part"] == part)].iloc[0] for part in ("noise", "chaos")
    )
    stars, error = (
        noise["variance"] - chaos["variance"],
        np.hypot(noise["standard_error"], chaos["standard_error"]),
    )
    stars_row = {"group": "all", "part": "stars", "variance": stars, "standard_error": error}
    stars_row |= {"lower": stars - 2 * error, "upper": stars + 2 * error}
    rows = pd.concat([rows, pd.DataFrame([stars_row])], ignore_index=True)
    total = level / 0.3
    for name in ("", "_standard_error", "_lower", "_upper"):
        column = rows[name.removeprefix("_") or "variance"]
        rows[f"share{name}"] = column / total
        whole = (rows["group"] == "all") & (rows["part"] != "noise")
        rows[f"noise_share{name}"] = (column / noise["variance"]).where(whole)
    return rows.assign(output=output, total_variance=total)


COMPLEXITY = {
    ("polynomial", "degrees"): [0, 1, 2, 3, 4, 5],
    ("neighbours", "counts"): [40, 20, 10, 5, 2, 1],
    ("gaussian_process", "lengths"): [9.0, 3.0, 1.5, 0.7, 0.4, 0.2],
    ("network", "widths"): [1, 2, 4, 8, 16, 32],
    ("network", "depths"): [1, 2, 3, 4, 6, 8],
}
"""Rungs of the ladders, from the least to the most complex."""
REGULARIZERS = {
    ("legendre", "penalties"): [1e2, 1e1, 1.0, 0.1, 1e-2, 1e-4],
    ("lasso", "penalties"): [0.5, 0.2, 0.05, 0.01, 1e-3, 1e-4],
    ("network", "decays"): [30.0, 10.0, 3.0, 1.0, 0.1, 1e-3],
    ("network", "epochs"): [1, 4, 16, 64, 200, 399],
}


def _ladders(ladders: dict, outputs, size: float) -> pd.DataFrame:
    """From too much bias to too much variance, of the polynomial and of priors far more of it than of networks."""
    rows = []
    for (family, ladder), rungs in ladders.items():
        growth = 0.4 if ladder in ("widths", "depths") else 1.6
        for place, rung in sorted(enumerate(rungs), key=lambda each: each[1]):
            for output in [*outputs, "all"]:
                level = NOISE.get(output, 0.05) if output != "all" else 1.0
                bias = 2.5 * level * np.exp(-1.4 * place) - 0.05 * level * (place > 2)
                terms = {
                    "bias_squared": bias,
                    "variance": 0.02 * level * np.exp(growth * place),
                    "noise": level,
                }
                terms |= {"error": sum(terms.values()), "closing_error": 1e-17}
                terms |= _of_log_score(bias, terms["variance"], place) if output == "all" else {}
                terms |= {"zero_coefficients": 55.0 - 11 * place} if family == "lasso" != output else {}
                of_rung = {"family": family, "ladder": ladder, "rung": rung, "output": output}
                rows += [of_rung | _term(term, value, level, size) for term, value in terms.items()]
    return pd.DataFrame(rows)


def _of_log_score(bias: float, variance: float, place: int) -> dict:
    terms = {"log_floor": -3.2, "log_bias": 2 * bias, "log_variance": 2 * variance}
    terms |= {"log_width": 0.3 - 0.1 * place, "log_shape": -0.1}
    return terms | {"log_score": sum(terms.values()), "log_closing_error": 1e-16}


def _term(term: str, value: float, level: float, size: float) -> dict:
    # Two fits give no jackknife, as in the `test` experiment.
    error = 0.15 * abs(value) + 0.03 * level if size > 0.5 and "closing" not in term else np.nan
    ends = {"standard_error": error, "lower": value - 2 * error, "upper": value + 2 * error}
    return {"term": term, "value": value} | ends | {"fits": 8 if size > 0.5 else 2, "points": 60}


def _learning_curve(random, outputs, families, size: float) -> pd.DataFrame:
    sizes = [(80, 8), (160, 4), (320, 2), (640, 1)] if size > 0.5 else [(12, 2), (24, 2)]
    skill = sorted(families, key=lambda family: BIAS.get(family, 0.3))
    rows = []
    for family in families:
        for runs, sets in sizes:
            # In units of the floor: that of the best falls through 10 % of it.
            law = BIAS.get(family, 0.3) * (20 if family == "mean" else 20 * sizes[0][0] / runs)
            for one in range(sets):
                known = {
                    "family": family,
                    "place": 1 + skill.index(family),
                    "training_runs": runs,
                    "training_set": one,
                }
                nll, error = 0.9 + 0.3 * law, 0.02
                rows.append(
                    known
                    | {
                        "output": "all",
                        "nll": nll + 0.02 * random.normal(),
                        "nll_standard_error": error,
                        "fitted": nll,
                    }
                )
                for output in outputs:
                    level = NOISE.get(output, 0.05)
                    excess = level * (law * random.lognormal(0, 0.3) + 0.05 * random.normal())
                    measured = {
                        "output": output,
                        "mse": level + excess,
                        "nll": 0.9 + 0.5 * np.log((level + excess) / level) + 0.05 * random.normal(),
                        "nll_standard_error": error,
                        "noise_variance": level,
                        "noise_standard_error": 0.1 * level,
                        "noise_lower": 0.82 * level,
                        "noise_upper": 1.22 * level,
                        "standard_error": 0.12 * (level + excess),
                        "excess": excess,
                        "excess_standard_error": 0.05 * level + 0.15 * abs(excess),
                        "fitted": level * law,
                    }
                    rows.append(known | measured)
    return pd.DataFrame(rows)


def _training_history(random, folds: int, size: float) -> pd.DataFrame:
    epochs, members = 60, 8 if size > 0.5 else 2
    epoch, parts = np.arange(epochs), []
    for family, fold in product(("network", "mixture_network"), [*range(folds), -1]):
        for member in range(members):
            rate = random.uniform(20, 40)
            training = 1.5 * np.exp(-epoch / rate) - 0.1 - 0.0005 * epoch + 0.02 * random.normal(size=epochs)
            validation = (
                1.5 * np.exp(-epoch / rate) + 0.05 + (epoch / 700) ** 2 + 0.03 * random.normal(size=epochs)
            )
            parts.append(
                pd.DataFrame(
                    {
                        "family": family,
                        "fold": fold,
                        "member": member,
                        "epoch": epoch,
                        "training_loss": training,
                        "validation_loss": validation,
                        "best_epoch": int(np.argmin(validation)),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _calibration(random, outputs, families, points) -> pd.DataFrame:
    parameters = [column.partition(" [")[0] for column in points if column in BOXES]
    thirds = ["low", "middle", "high"]
    strata = ["all", *[f"{name}:{third}" for name in [*parameters, "survival", "width"] for third in thirds]]
    count = int((points["role"] == "training").sum())
    rows = []
    for family in families:
        for treatment, judged in (
            ("raw", 260),
            ("recalibrated", 260),
            ("distributional_conformal", 260),
            ("raw_out_of_fold", count),
        ):
            for output in outputs:
                skill = {"mean": 1.15, "forest": 0.8}.get(family, 1.0) if treatment.startswith("raw") else 1.0
                rows += [
                    (family, treatment, output, *row)
                    for row in _quantities(random, skill, judged, strata, treatment)
                ]
    names = ["quantity", "stratum", "level", "value", "standard_error", "band_low", "band_high", "count"]
    return pd.DataFrame(rows, columns=["family", "treatment", "output", *names])


def _quantities(random, skill: float, count: int, strata, treatment: str):
    z = random.normal(size=count) / skill
    probability = _normal_cdf(z)
    spread = 1 / np.sqrt(count)
    for level in np.round(np.arange(0.05, 0.96, 0.05), 2):
        observed = np.mean(np.abs(2 * probability - 1) <= level)
        band = 2.8 * np.sqrt(level * (1 - level)) * spread
        error = np.sqrt(level * (1 - level)) * spread
        yield "reliability", "all", level, observed, error, max(level - band, 0), min(level + band, 1), count
    if treatment != "distributional_conformal":
        density = np.histogram(probability, 10, (0, 1))[0] * 10 / count
        for place, value in enumerate(density):
            yield (
                "pit",
                "all",
                0.05 + 0.1 * place,
                value,
                3 * spread,
                max(1 - 8.3 * spread, 0),
                1 + 8.3 * spread,
                count,
            )
        yield "z_mean", "all", np.nan, z.mean(), spread, -1.96 * spread, 1.96 * spread, count
        reach = 1.96 / np.sqrt(2 * count)
        yield "z_standard_deviation", "all", np.nan, z.std(), 0.7 * spread, 1 - reach, 1 + reach, count
    for stratum in strata:
        part = z if stratum == "all" else z[:: random.integers(2, 5)]
        for level in (0.68, 0.9, 0.95):
            value = np.mean(np.abs(2 * _normal_cdf(part) - 1) <= level)
            error = np.sqrt(value * (1 - value) / len(part))
            reach = 2 * np.sqrt(level * (1 - level) / len(part))
            yield "coverage", stratum, level, value, error, level - reach, level + reach, len(part)
            tails = {"tail_below": np.mean(_normal_cdf(part) < 0.5 * (1 - level))}
            tails["tail_above"] = np.mean(_normal_cdf(part) > 0.5 * (1 + level))
            for name, share in tails.items():
                half = 0.5 * (1 - level)
                reach = 2 * np.sqrt(half * (1 - half) / len(part))
                yield name, stratum, level, share, reach / 2, max(half - reach, 0.0), half + reach, len(part)
    for level in (0.68, 0.9, 0.95):
        infinite = treatment == "distributional_conformal" and level > 0.94 and count < 100
        yield "interval_width", "all", level, np.inf if infinite else 2 * level, 0.01, np.nan, np.nan, count
    yield "central_out_of_band", "all", np.nan, 1, np.nan, 0.0, 1, 3
    yield "one_sided_out_of_band", "all", np.nan, 0, np.nan, 0.0, 2, 6
    for side, expected, looks in (("central", 0.15, 3), ("one_sided", 0.3, 6)):
        nothing = (np.nan, np.nan, np.nan)
        yield f"{side}_out_of_band_under_perfect_calibration", "all", np.nan, expected, *nothing, looks
    worst = random.uniform(2.0, 4.0)
    yield "worst_region", random.choice(strata[1:]), 0.9, worst, np.nan, 0.0, 3.0, count
    yield "mace", "all", np.nan, 0.4 * spread, 0.1 * spread, 0.0, 0.587 * spread, count
    yield (
        "mace_under_perfect_calibration",
        "all",
        np.nan,
        0.313 * spread,
        0.138 * spread,
        np.nan,
        np.nan,
        count,
    )


def _normal_cdf(z):
    # A logistic curve is near enough for a picture.
    return 1 / (1 + np.exp(-1.702 * z))


def _half_step(outputs) -> pd.DataFrame:
    random = generator(11, "figures", "half_step")
    frames = [
        pd.DataFrame(
            {
                "output": output,
                "group": [f"train/0/{point}" for point in range(18)],
                "replicate": 0,
                "shift": random.normal(scale=0.1, size=18),
                "energy_error": 10 ** random.uniform(-8, -5, 18),
                "repeated_energy_error": 10 ** random.uniform(-9, -6, 18),
            }
        )
        for output in outputs
    ]
    return pd.concat(frames, ignore_index=True)


def _evolution(points) -> pd.DataFrame:
    """Radii that shrink or grow with the parameter's third, as real ones do with the orbit's radius."""
    names = [column.partition(" [")[0] for column in points if column in BOXES]
    thirds = {
        f"{name}:{third}": place - 1
        for name in names
        for place, third in enumerate(("low", "middle", "high"))
    }
    ages, rows = np.linspace(0, 50, 11), []
    for stratum, fate in {"all": 0, **thirds}.items():
        for fraction in (0.1, 0.5, 0.9):
            for age in ages:
                middle = 3 * fraction**1.2 * np.exp(0.01 * fate * age)
                quantiles = {
                    f"q{level:02}": middle * np.exp(0.4 * score)
                    for level, score in ((5, -1.64), (16, -0.99), (50, 0.0), (84, 0.99), (95, 1.64))
                }
                lengths = {f"{name} [pc]": value for name, value in {**quantiles, "softening": 0.05}.items()}
                counts = {"softened": 0.02 * (fraction < 0.5), "runs": 118, "count": 120}
                known = {"stratum": stratum, "mass_fraction": fraction, "age [Myr]": age}
                rows.append(known | lengths | counts)
    return pd.DataFrame(rows)


def _residuals(random, points, outputs, families) -> pd.DataFrame:
    training = points[points["role"] == "training"].reset_index(drop=True)
    inputs = training[[column for column in training if column in BOXES]]
    unit = (inputs - inputs.min()) / (inputs.max() - inputs.min())
    parts = []
    for place, output in enumerate(outputs):
        deviation = np.sqrt(NOISE.get(output, 0.05))
        response = deviation * (3 * np.roll(unit.to_numpy(), place, axis=1)[:, 0] - 1.5) + 0.3 * np.sin(
            5 * unit.iloc[:, -1]
        )
        target = response + deviation * random.normal(size=len(training))
        for family in families:
            share = min(BIAS.get(family, 0.2), 1.0)
            prediction = (
                (1 - share) * response
                + share * response.mean()
                + 0.1 * deviation * random.normal(size=len(training))
            )
            width = np.full(len(training), np.hypot(deviation, share * response.std()))
            back = (lambda t: 1 / (1 + np.exp(-3 * t))) if output == "f_bound" else np.exp
            frame = pd.DataFrame(
                {
                    "family": family,
                    "output": output,
                    "group": training["group"],
                    "target": target,
                    "prediction": prediction,
                    "standard_deviation": width,
                    "z": (target - prediction) / width,
                    "unit": UNITS.get(output, "pc"),
                    "true_value": back(target),
                    "predicted_value": back(prediction),
                    "lower_value": back(prediction - width),
                    "upper_value": back(prediction + width),
                    "softening": np.nan if output in ("f_bound", "sigma_v") else 0.05,
                }
            )
            parts.append(pd.concat([frame, inputs], axis=1))
    return pd.concat(parts, ignore_index=True)


def _comparison(random, families) -> pd.DataFrame:
    nll = np.array([0.9 + 0.5 * BIAS.get(family, 0.2) for family in families])
    difference = nll - nll.min()
    error = np.where(difference > 0, 0.01 + 0.04 * difference, 0.0)
    table = pd.DataFrame(
        {
            "family": families,
            "rank": range(len(families)),
            "nll": nll,
            "nll_standard_error": 0.03 + 0.01 * random.random(len(families)),
            "difference": difference,
            "difference_standard_error": error,
            "difference_fold_standard_error": 0.8 * error,
            "difference_seed_standard_error": 0.6 * error,
            "seeds": 3,
            "tied": difference <= error,
            "numbers": [120 * 3**place for place in range(len(families))],
            "megabytes": [0.01 * 2**place for place in range(len(families))],
            "has_gradients": [name not in ("neighbours", "forest", "boosting") for name in families],
        }
    )
    return table.assign(recommended=np.arange(len(families)) == int(np.argmax(difference <= error)))
