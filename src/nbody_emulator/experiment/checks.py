"""What a schema cannot say: whether the parts of a configuration fit each other.

Each check looks at one matter and raises `ConfigurationError` for the first thing wrong; the configuration
already fits the schema and has its defaults.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nbody_emulator.experiment.configuration_error import refuse, shown

Config = Mapping[str, Any]

RESERVED_NAMES = ("store", "sealed", "published", "logs", "benchmarks", "report")
"""Folders of `results/` that are no experiment's."""

SINGLE_ROLES = ("training", "noise", "calibration", "sealed")
"""Roles that exactly one set plays."""

PRIOR_ROLES = ("calibration", "sealed")
"""Roles whose statistics hold only for independent draws from the prior."""

BASELINES = ("linear", "mean")
"""Families no experiment goes without: an emulator that does not beat them is no use."""

REPORTED_LEVELS = (0.68, 0.90, 0.95)
"""Coverages that every table of scores reports."""

FRACTIONS = ("bound_fraction",)
"""Statistics between 0 and 1, both included."""

RESERVED_OUTPUTS = ("all",)
"""Names that tables use for the mean over outputs."""


def check_consistency(config: Config) -> None:
    """Refuse the first contradiction in a configuration that fits the schema."""
    for check in _CHECKS:
        check(config)


def _check_name(config: Config) -> None:
    if config["experiment"] in RESERVED_NAMES:
        refuse("experiment", f"{shown(config['experiment'])} is a folder of results/ already; choose another name")


def _check_masses(config: Config) -> None:
    masses = config["cluster"]["masses"]
    function = masses["function"]
    wanted = {"mass"} if function == "equal" else {"minimum", "maximum"}
    for key in sorted(wanted - set(masses)):
        refuse(f"cluster.masses.{key}", f"missing; the mass function {function} needs it, in Msun")
    for key in sorted({"mass", "minimum", "maximum"} & set(masses) - wanted):
        refuse(f"cluster.masses.{key}", f"{shown(masses[key])} is not used by {function}; remove it")
    if "minimum" in masses:
        _check_order("cluster.masses", masses)


def _check_boxes(config: Config) -> None:
    boxes = {name: box for name, box in sorted(config["parameters"].items()) if isinstance(box, Mapping)}
    for name, box in boxes.items():
        _check_order(f"parameters.{name}", box)
        if box["scale"] == "log" and box["minimum"] <= 0:
            refuse(f"parameters.{name}.minimum", f"{shown(box['minimum'])} has no logarithm; raise it above 0")
    if not boxes:
        example = "{minimum: 0.5, maximum: 1.5}"
        refuse("parameters", f"all are fixed, so there is nothing to emulate; give one a box such as {example}")


def _check_order(path: str, limits: Mapping[str, float]) -> None:
    low, high = limits["minimum"], limits["maximum"]
    if low > high:
        refuse(f"{path}.minimum", f"{shown(low)} is above the maximum {shown(high)}; swap them")
    if low == high:
        refuse(f"{path}.minimum", f"{shown(low)} equals the maximum; widen the range, or fix a parameter by a plain number")


def _check_tide(config: Config) -> None:
    tide, radius = config["cluster"]["tide"], config["parameters"].get("galactocentric_radius")
    if tide is None and radius is not None:
        refuse("parameters.galactocentric_radius", "not used, since cluster.tide is null; remove it or set a tide")
    if tide is not None and radius is None:
        refuse("parameters.galactocentric_radius", "missing; cluster.tide needs it, in kpc (or set cluster.tide: null)")


def _check_integration(config: Config) -> None:
    tolerance, limit = config["integration"]["energy_tolerance"], config["integration"]["unusable_above"]
    if tolerance > limit:
        remedy = "a run within tolerance must be usable, so lower it or raise unusable_above"
        refuse("integration.energy_tolerance", f"{shown(tolerance)} is above unusable_above {shown(limit)}; {remedy}")


def _check_roles(config: Config) -> None:
    for role in SINGLE_ROLES:
        players = sorted(name for name, run_set in config["sets"].items() if run_set["role"] == role)
        if not players:
            refuse("sets", f"none has the role {role}; add one set with role: {role}")
        if len(players) > 1:
            remedy = "keep one and give the others role: extra"
            refuse(f"sets.{players[1]}.role", f"{role!r} is played by {', '.join(players)}; {remedy}")


def _check_replicates(config: Config) -> None:
    name, noise = _only("noise", config)
    if noise["replicates"] < 2:
        remedy = "write at least 2, for noise is measured between runs of one point"
        refuse(f"sets.{name}.replicates", f"{noise['replicates']} is too few; {remedy}")
    name, calibration = _only("calibration", config)
    if calibration["replicates"] > 1:
        remedy = "write 1 and more points, for conformal intervals need independent draws"
        refuse(f"sets.{name}.replicates", f"{calibration['replicates']} is too many; {remedy}")


def _check_samplers(config: Config) -> None:
    for role in PRIOR_ROLES:
        name, run_set = _only(role, config)
        if run_set["sampler"] != "prior":
            reason = f"a set of role {role} must be independent draws; write sampler: prior"
            refuse(f"sets.{name}.sampler", f"{run_set['sampler']!r} is not allowed here; {reason}")


def _check_streams(config: Config) -> None:
    owners: dict[str, str] = {}
    for path, stream in _streams(config):
        if stream in owners:
            remedy = "choose another name, for two sets must not share an initial condition"
            refuse(path, f"{stream!r} is taken by {owners[stream]}; {remedy}")
        owners[stream] = path


def _streams(config: Config) -> Iterator[tuple[str, str]]:
    for name, run_set in sorted(config["sets"].items()):
        yield f"sets.{name}.stream", run_set["stream"]
        if "release_stream" in run_set:
            yield f"sets.{name}.release_stream", run_set["release_stream"]


def _check_release(config: Config) -> None:
    for name, run_set in sorted(config["sets"].items()):
        path = f"sets.{name}.release_stream"
        if run_set["role"] == "sealed" and "release_stream" not in run_set:
            refuse(path, "missing; name the stream that publishing alone opens, different from stream")
        if run_set["role"] != "sealed" and "release_stream" in run_set:
            refuse(path, f"a set of role {run_set['role']} has none; remove it")


def _check_outputs(config: Config) -> None:
    for name, output in sorted(config["outputs"].items()):
        path, statistic, transform = f"outputs.{name}", output["statistic"], output["transform"]
        if name in RESERVED_OUTPUTS:
            refuse(path, "this name stands for the mean over outputs in the tables; choose another")
        if statistic not in config["statistics"]:
            refuse(f"{path}.statistic", f"{statistic!r} is not measured; add it to statistics")
        if transform == "logit" and statistic not in FRACTIONS:
            refuse(f"{path}.transform", f"'logit' is for fractions, not for {statistic}; write log or identity")
        if transform == "log" and statistic in FRACTIONS:
            refuse(f"{path}.transform", f"'log' has no value where {statistic} is 0; write logit or identity")


def _check_output_times(config: Config) -> None:
    intervals = config["snapshots"] - 1
    for name, output in sorted(config["outputs"].items()):
        nearest = max(1, round(output["time"] * intervals)) / intervals
        # Six digits are as many as a person types of 1/3; snapshots are never that close.
        if abs(output["time"] - nearest) > 1e-6:
            remedy = f"write {nearest:.6g}, or change snapshots"
            refuse(f"outputs.{name}.time", f"{shown(output['time'])} is not the time of a snapshot; {remedy}")


def _check_folds(config: Config) -> None:
    name, training = _only("training", config)
    folds = config["cross_validation"]["folds"]
    if folds > training["blocks"]:
        remedy = f"write at most {training['blocks']}, or add blocks"
        refuse("cross_validation.folds", f"{folds} folds of {training['blocks']} blocks (sets.{name}.blocks); {remedy}")


def _check_curve(config: Config) -> None:
    name, training = _only("training", config)
    available = training["blocks"]
    for place, size in enumerate(config["learning_curve"]["sizes"]):
        path, blocks, sets = f"learning_curve.sizes[{place}]", size["blocks"], size["sets"]
        if blocks > available:
            problem = f"{blocks} is above the training set's {available} blocks (sets.{name}.blocks)"
            refuse(f"{path}.blocks", f"{problem}; write at most {available}")
        if blocks * sets > available:
            problem = f"{sets} disjoint sets of {blocks} blocks need {blocks * sets} blocks, there are {available}"
            refuse(f"{path}.sets", f"{problem} (sets.{name}.blocks); write at most {available // blocks}")
    _check_ascending("learning_curve.sizes", [size["blocks"] for size in config["learning_curve"]["sizes"]])


def _check_ladders(config: Config) -> None:
    ladders = config["bias_variance"]
    _check_ascending("bias_variance.polynomial.degrees", ladders["polynomial"]["degrees"])
    if "network" in ladders:
        _check_ascending("bias_variance.network.widths", ladders["network"]["widths"])
        if "network" not in config["emulators"]:
            refuse("bias_variance.network", "needs the network's settings; add emulators.network or remove this ladder")


def _check_ascending(path: str, values: Sequence[float]) -> None:
    for earlier, later in zip(values, values[1:], strict=False):
        if earlier == later:
            refuse(path, f"{shown(later)} occurs twice; keep one")
        if earlier > later:
            refuse(path, f"{shown(later)} comes after {shown(earlier)}; write them in ascending order")


def _check_polynomials(config: Config) -> None:
    name, training = _only("training", config)
    inputs = _count_inputs(config)
    for degree in config["bias_variance"]["polynomial"]["degrees"]:
        terms = math.comb(inputs + degree, degree)
        if terms > training["points"]:
            problem = f"degree {degree} in {inputs} parameters has {terms} terms, a block has {training['points']} points"
            refuse("bias_variance.polynomial.degrees", f"{problem} (sets.{name}.points); remove it or add points")


def _check_families(config: Config) -> None:
    for name in BASELINES:
        if name not in config["emulators"]:
            refuse(f"emulators.{name}", f"missing; add '{name}: {{}}', for every other family is measured against it")
    if len(config["emulators"]) <= len(BASELINES):
        refuse("emulators", f"only {' and '.join(BASELINES)}; add a family, such as 'gaussian_process: {{}}'")


def _check_tuning(config: Config) -> None:
    folds, smallest = config["tuning"]["folds"], _smallest_training_points(config)
    if folds > smallest:
        remedy = f"write at most {smallest}"
        refuse("tuning.folds", f"{folds} folds of the smallest training set's {smallest} design points; {remedy}")
    needed, kept = _count_inputs(config) + 2, smallest - math.ceil(smallest / folds)
    if kept < needed:
        problem = f"the smallest training set has {smallest} points, of which an inner fold keeps {kept}"
        name, _ = _only("training", config)
        refuse(f"sets.{name}.points", f"{problem}, but a line with its spread needs {needed}; add points")


def _smallest_training_points(config: Config) -> int:
    """Design points of the smallest training set of any fit: in the learning curve or in cross-validation."""
    _, training = _only("training", config)
    largest_fold = math.ceil(training["blocks"] / config["cross_validation"]["folds"])
    sizes = [size["blocks"] for size in config["learning_curve"]["sizes"]]
    return training["points"] * min([training["blocks"] - largest_fold, *sizes])


def _check_levels(config: Config) -> None:
    levels = config["calibration"]["levels"]
    _check_ascending("calibration.levels", levels)
    for level in REPORTED_LEVELS:
        if level not in levels:
            refuse("calibration.levels", f"{level} is missing; add it, for the tables report it")
    name, run_set = _only("calibration", config)
    points = run_set["blocks"] * run_set["points"]
    # The smallest n with ceil((n + 1) level) <= n; below it the conformal interval is infinite.
    needed = math.ceil(levels[-1] / (1.0 - levels[-1]) - 1e-9)
    if points < needed:
        problem = f"{points} points give an infinite interval at level {levels[-1]} (calibration.levels)"
        refuse(f"sets.{name}.points", f"{problem}; there must be at least {needed} points in all blocks")


def _only(role: str, config: Config) -> tuple[str, Config]:
    """Name and description of the one set that plays `role`."""
    return next((name, run_set) for name, run_set in sorted(config["sets"].items()) if run_set["role"] == role)


def _count_inputs(config: Config) -> int:
    return sum(isinstance(box, Mapping) for box in config["parameters"].values())


_CHECKS: tuple[Callable[[Config], None], ...] = (
    _check_name,
    _check_masses,
    _check_boxes,
    _check_tide,
    _check_integration,
    _check_roles,
    _check_replicates,
    _check_samplers,
    _check_release,
    _check_streams,
    _check_outputs,
    _check_output_times,
    _check_families,
    _check_folds,
    _check_curve,
    _check_ladders,
    _check_polynomials,
    _check_tuning,
    _check_levels,
)
