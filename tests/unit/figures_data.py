"""Synthetic tables of every figure, with the columns and the look of a real run's."""

import io
from itertools import product

import numpy as np
import pandas as pd

from nbody_emulator.settings.figure_style import Style
from nbody_emulator.streams import generator

STYLE = Style()
FAMILIES = [
    "mean",
    "linear",
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
]
OUTPUTS = ["f_bound", "r_core", "r_h", "sigma_v"]
NOISE = {"f_bound": 0.12, "r_core": 0.09, "r_h": 0.02, "sigma_v": 0.01}
BIAS = {
    "mean": 0.9,
    "linear": 0.25,
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


def tables(size: float = 1.0, parameters: int = 3, outputs=None, families=None, folds: int = 8) -> dict:
    """All tables; `size` 1 is about the default experiment, 0.1 about the `test` one."""
    outputs, families = list(outputs or OUTPUTS), list(families or FAMILIES)
    random = generator(11, "figures", parameters, len(outputs), len(families))
    points = _points(random, parameters, size)
    made = {
        "design": points.drop(columns="replicates"),
        "energy": _energy(random, points),
        "noise": _noise(random, points, outputs),
        "bias_variance": _bias_variance(random, outputs, size),
        "learning_curve": _learning_curve(random, outputs, families, size),
        "training_history": _training_history(random, folds, size),
        "calibration": _calibration(random, outputs, families, points),
        "residuals": _residuals(random, points, outputs, families),
        "half_step": _half_step(outputs),
        "evolution": _evolution(points),
        "comparison": _comparison(random, families),
    }
    return {name: as_read(table) for name, table in made.items()}


def _points(random, parameters: int, size: float) -> pd.DataFrame:
    sets = [
        ("train", "training", 640, 1),
        ("replicate", "noise", 60, 5),
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
    chosen = points[points["role"] == "noise"]
    inputs = chosen[[column for column in chosen if column in BOXES]].reset_index(drop=True)
    freedom, parts = 4, []
    for output in outputs:
        level = NOISE.get(output, 0.05)
        trend = np.exp(0.6 * (inputs.iloc[:, -1] - inputs.iloc[:, -1].mean()))
        variance = level * trend * random.chisquare(freedom, len(inputs)) / freedom
        total = level / 0.3
        rows = pd.DataFrame(
            {
                "output": output,
                "group": ["all", *chosen["group"]],
                "noise_variance": [variance.mean(), *variance],
                "standard_error": [variance.std() / np.sqrt(len(variance)), *(variance * np.sqrt(0.5))],
                "degrees_of_freedom": [freedom * len(variance), *[freedom] * len(variance)],
                "total_variance": total,
            }
        )
        relative = 2 * rows["standard_error"] / rows["noise_variance"]
        rows["lower"] = rows["noise_variance"] * np.exp(-relative)
        rows["upper"] = rows["noise_variance"] * np.exp(relative)
        rows["share"] = rows["noise_variance"] / total
        rows["share_standard_error"] = rows["standard_error"] / total
        rows["share_lower"], rows["share_upper"] = rows["lower"] / total, rows["upper"] / total
        padded = pd.concat(
            [pd.DataFrame([[np.nan] * inputs.shape[1]], columns=inputs.columns), inputs], ignore_index=True
        )
        parts.append(pd.concat([rows, padded], axis=1))
    made = pd.concat(parts, ignore_index=True)
    # One point where the output never existed.
    numbers = ["noise_variance", "standard_error", "lower", "upper"]
    shares = ["share", "share_standard_error", "share_lower", "share_upper"]
    made.loc[2, [*numbers, *shares]] = np.nan
    made.loc[2, "degrees_of_freedom"] = 0
    return made


def _bias_variance(random, outputs, size: float) -> pd.DataFrame:
    ladders = {"polynomial": [0, 1, 2, 3, 4, 5], "network": [1, 2, 4, 8, 16, 32]}
    rows = []
    for ladder, rungs in ladders.items():
        for place, complexity in enumerate(rungs):
            for output in outputs:
                level = NOISE.get(output, 0.05)
                bias = 2.5 * level * np.exp(-1.4 * place) - 0.05 * level * (place > 2)
                growth = 1.6 if ladder == "polynomial" else 0.4
                terms = {
                    "bias_squared": bias,
                    "variance": 0.02 * level * np.exp(growth * place),
                    "noise": level,
                }
                terms["error"] = sum(terms.values())
                errors = {
                    f"{name}_standard_error": 0.15 * abs(value) + 0.03 * level
                    for name, value in terms.items()
                }
                # Two fits give no jackknife, as in the `test` experiment.
                errors = errors if size > 0.5 else dict.fromkeys(errors, np.nan)
                errors |= {
                    f"{name}_{side}": terms[name] + sign * 2 * errors[f"{name}_standard_error"]
                    for name in terms
                    for side, sign in (("lower", -1), ("upper", 1))
                }
                counts = {"fits": 8 if size > 0.5 else 2, "points": 60}
                rows.append(
                    {"ladder": ladder, "complexity": complexity, "output": output}
                    | terms
                    | {"closing_error": 1e-17}
                    | errors
                    | counts
                )
    del random
    return pd.DataFrame(rows)


def _learning_curve(random, outputs, families, size: float) -> pd.DataFrame:
    sizes = [(80, 8), (160, 4), (320, 2), (640, 1)] if size > 0.5 else [(12, 2), (24, 2)]
    rows = []
    for family in families:
        for runs, sets in sizes:
            for one in range(sets):
                for output in outputs:
                    level = NOISE.get(output, 0.05)
                    excess = level * (
                        BIAS.get(family, 0.3) * 2 + 40 / runs * (family != "mean") * random.lognormal(0, 0.4)
                    )
                    rows.append(
                        {
                            "family": family,
                            "training_runs": runs,
                            "training_set": one,
                            "output": output,
                            "mse": level + excess,
                            "nll": 0.9 + 0.5 * np.log((level + excess) / level) + 0.05 * random.normal(),
                            "noise_variance": level,
                            "noise_standard_error": 0.1 * level,
                            "noise_lower": 0.82 * level,
                            "noise_upper": 1.22 * level,
                            "standard_error": 0.12 * (level + excess),
                        }
                    )
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
    strata = ["all", *[f"{name}:{third}" for name in [*parameters, "width"] for third in thirds]]
    count = int((points["role"] == "training").sum())
    rows = []
    for family in families:
        for treatment, judged in (
            ("raw", 260),
            ("recalibrated", 260),
            ("conformal", 260),
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
    if treatment != "conformal":
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
        part = z if stratum == "all" else z[random.random(count) < 1 / 3]
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
        infinite = treatment == "conformal" and level > 0.94 and count < 100
        yield "interval_width", "all", level, np.inf if infinite else 2 * level, 0.01, np.nan, np.nan, count
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
    parameters = points.drop(columns=["set", "role", "group", "usable", "replicates"])
    ages, fractions = np.meshgrid(np.linspace(0, 50, 11), [0.1, 0.5, 0.9])
    frames = [
        pd.DataFrame(
            {
                "quantile": quantile,
                "group": f"train/0/{index}",
                "age [Myr]": ages.ravel(),
                "mass_fraction": fractions.ravel(),
                "radius [pc]": (fractions * (1 + quantile * ages / 50)).ravel(),
                **parameters.iloc[index],
            }
        )
        for index, quantile in enumerate((0.1, 0.5, 0.9))
    ]
    return pd.concat(frames, ignore_index=True)


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
        }
    )
    return table.assign(recommended=np.arange(len(families)) == int(np.argmax(difference <= error)))
