"""Every mistake in a configuration is told in one line that names the key and the remedy."""

import copy
import functools
import math
from pathlib import Path

import pytest
import yaml

from nbody_emulator.configuration.file import ConfigurationError, load, read, validated
from nbody_emulator.features.register import FEATURES
from nbody_emulator.summaries.register import STATISTICS

ROOT = Path(__file__).parents[2]
GONE = object()
"""Stands for a key that is taken away."""


@functools.cache
def raw(name):
    return read(ROOT / "config" / f"{name}.yaml")


def edited(changes, name="laptop"):
    """A shipped configuration with each dotted key set to a value, or taken away."""
    config = copy.deepcopy(raw(name))
    for path, value in changes.items():
        *above, last = path.split(".") if isinstance(path, str) else path
        section = config
        for name in above:
            section = section[int(name) if isinstance(section, list) else name]
        if value is GONE:
            del section[last]
        else:
            section[int(last) if isinstance(section, list) else last] = value
    return config


def case(name, changes, *fragments):
    return pytest.param(changes, fragments, id=name)


def box(minimum, maximum, scale="linear"):
    return {"minimum": minimum, "maximum": maximum, "scale": scale}


def a_set(**changes):
    return {"role": "extra", "sampler": "prior", "blocks": 1, "points": 5, "stream": "more"} | changes


SPHERE = {"profile": "uniform_sphere"}
"""An alternative to laptop's cluster."""

TYPOS = [
    case(
        "key",
        {"cluster.softning": {"length": 1.0}},
        "cluster.softning: unknown key",
        "did you mean 'softening'?",
    ),
    case(
        "typo-for-required-key", {"duration": GONE, "duratoin": {"time": 1}}, "duratoin:", "mean 'duration'?"
    ),
    case("key-like-no-other", {"zzz": 1}, "zzz: unknown key", "allowed: experiment, seed"),
    case("key-of-a-set", {"sets.train.block": 8}, "sets.train.block: unknown key", "did you mean 'blocks'?"),
    case("key-in-a-list", {"learning_curve.sizes.1.set": 1}, "learning_curve.sizes[1].set:", "mean 'sets'?"),
    case(
        "emulator", {"emulators.netwrk": {}}, "emulators.netwrk: unknown emulator", "did you mean 'network'?"
    ),
    case(
        "emulator-like-no-other",
        {"emulators.xgb": {}},
        "emulators.xgb: unknown emulator",
        "allowed: mean, physics, linear",
    ),
    case("emulator-setting", {"emulators.forest.tree": 5}, "emulators.forest.tree:", "did you mean 'trees'?"),
    case("setting-where-none-is", {"emulators.mean.x": 5}, "emulators.mean.x: unknown key", "remove it"),
    case(
        "parameter",
        {"parameters.virial": box(0.5, 1.5)},
        "parameters.virial:",
        "did you mean 'virial_ratio'?",
    ),
    case("figure", {"figures.noize": {}}, "figures.noize: unknown key", "did you mean 'noise'?"),
    case(
        "figure-key", {"figures.noise": {"width": 5}}, "figures.noise.width:", "did you mean 'width_inches'?"
    ),
    case(
        "choice",
        {"sets.train.sampler": "latin_hypercub"},
        "sets.train.sampler:",
        "did you mean 'latin_hypercube'?",
    ),
    case(
        "integrator",
        {"integration.integrator": "euler"},
        "integration.integrator: 'euler'",
        "allowed: leapfrog",
    ),
    case("statistic", {"statistics.0": "bound_fractoin"}, "statistics[0]:", "did you mean 'bound_fraction'?"),
    case(
        "unit", {"units.length": "parsec"}, "units.length: 'parsec' is not a choice", "allowed: pc, AU, kpc"
    ),
    case("name-of-a-set", {"sets.My Set": a_set()}, "sets.My Set: not a plain name", "small letters"),
    case("name-of-an-output", {"outputs.R_h": {"statistic": "core_radius"}}, "outputs.R_h:", "small letters"),
    case("key-that-yaml-reads-as-true", {("sets", True): a_set()}, "sets.true: this key is", "quotes"),
    case("key-that-is-a-number", {("outputs", 5): {}}, "outputs.5: this key is a whole number", "quotes"),
    case("key-with-a-line-break", {"sets.a\nb": a_set()}, "line break", "one line"),
]

TYPES = [
    case(
        "number-as-text",
        {"integration.energy_tolerance": "1e-3"},
        "integration.energy_tolerance: '1e-3' is text",
        "write 1.0e-3",
    ),
    case("large-number-as-text", {"duration.time": "2e9"}, "duration.time: '2e9' is text", "write 2.0e+9"),
    case(
        "whole-number-as-text", {"cluster.stars": "128"}, "cluster.stars: '128' is text", "in YAML write 128"
    ),
    case("decimal-comma", {"integration.step": "0,05"}, "integration.step: '0,05' is text", "write 0.05"),
    case("comma-in-a-list", {"calibration.levels.0": "0,68"}, "levels[0]: '0,68' is text", "write 0.68"),
    case("comma-and-exponent", {"duration.time": "2,5e9"}, "'2,5e9' is text", "write 2.5e+9"),
    case(
        "comma-between-braces", {("cluster", "softening", 5): None}, "softening.5: an empty key", "as in 0.05"
    ),
    case("comma-of-a-thousand", {"duration.time": "1,000"}, "'1,000' is text", "write a number"),
    case("comma-in-a-whole-number", {"cluster.stars": "1,5"}, "'1,5' is text", "write a whole number"),
    case(
        "unit-in-a-number", {"duration.time": "50 Myr"}, "duration.time: '50 Myr' is text", "write a number"
    ),
    case(
        "fraction-for-whole-number", {"cluster.stars": 128.5}, "cluster.stars: 128.5", "write a whole number"
    ),
    case(
        "decimal-comma",
        {"cluster.softening.length": "0,05"},
        "cluster.softening.length: '0,05' is text",
        "in YAML write 0.05",
    ),
    case(
        "decimal-comma-in-braces",
        {("cluster", "softening"): {"length": 0, 5: None}},
        "cluster.softening.5: an empty key that is a number",
        "for a decimal write a point, as in 0.05",
    ),
    case("truth-for-number", {"seed": True}, "seed: true is a yes/no value", "write a whole number"),
    case("list-for-section", {"cluster": [1]}, "cluster: [1] is a list", "its keys are stars, profile"),
    case("number-for-list", {"statistics": 5}, "statistics: 5 is a whole number", "write a list"),
    case("number-for-name", {"experiment": 5}, "experiment: 5 is a whole number", "write text"),
    case("number-for-choice", {"runtime.device": 0}, "runtime.device: 0", "allowed: auto, cpu, gpu"),
    case("empty-section", {"integration": None}, "integration: null is empty", "its keys are integrator"),
    case("empty-emulator", {"emulators.mean": None}, "emulators.mean: null is empty", "write {}"),
    case("empty-sets", {"sets": None}, "sets: null is empty", "names of your own"),
    case(
        "text-for-parameter",
        {"parameters.scale_radius": "1 pc"},
        "parameters.scale_radius:",
        "number or a section",
    ),
    case("missing-section", {"cluster": GONE}, "cluster: missing", "add a section of keys"),
    case(
        "missing-key",
        {"cluster.stars": GONE},
        "cluster.stars: missing",
        "add a whole number: the number of stars",
    ),
    case(
        "missing-edge",
        {"parameters.scale_radius.maximum": GONE},
        "parameters.scale_radius.maximum: missing",
        "edge",
    ),
    case("missing-tide", {"cluster.tide": GONE}, "cluster.tide: missing", "null is an isolated cluster"),
]

RANGES = [
    case("infinite", {"duration.time": math.inf}, "duration.time: inf is not finite", "ordinary number"),
    case(
        "not-a-number",
        {"parameters.scale_radius.minimum": math.nan},
        "parameters.scale_radius.minimum: nan",
        "finite",
    ),
    case(
        "infinite-edge", {"parameters.scale_radius.maximum": math.inf}, "scale_radius.maximum: inf", "finite"
    ),
    case("beyond-float64", {"duration.time": 10**400}, "duration.time: 1000", "not finite"),
    case(
        "reversed-box",
        {"parameters.scale_radius": box(2, 0.5)},
        "parameters.scale_radius.minimum: 2.0",
        "swap them",
    ),
    case(
        "box-without-inside",
        {"parameters.scale_radius": box(1, 1)},
        "parameters.scale_radius.minimum:",
        "plain number",
    ),
    case(
        "log-of-zero",
        {"parameters.scale_radius": box(0, 1, "log")},
        "parameters.scale_radius.minimum: 0.0",
        "at least 1.0e-",
    ),
    case(
        "negative-radius",
        {"parameters.scale_radius": -1.0},
        "parameters.scale_radius: -1.0",
        "at least 1.0e-",
    ),
    case(
        "negative-orbit",
        {"parameters.galactocentric_radius": box(-1, 5)},
        "galactocentric_radius.minimum: -1.0",
        "at least 1.0e-",
    ),
    case(
        "unbound",
        {"parameters.virial_ratio": box(0.5, 2.0)},
        "parameters.virial_ratio.maximum: 2.0",
        "less than 2",
    ),
    case(
        "fixed-and-unbound", {"parameters.virial_ratio": 2.5}, "parameters.virial_ratio: 2.5", "less than 2"
    ),
    case("one-star", {"cluster.stars": 1}, "cluster.stars: 1 is out of range", "at least 2"),
    case(
        "reversed-masses",
        {"cluster.masses.minimum": 60.0},
        "cluster.masses.minimum: 60.0",
        "lower it or raise cluster.masses.maximum",
    ),
    case("no-mass", {"cluster.masses.minimum": 0}, "cluster.masses.minimum: 0.0", "at least 1.0e-"),
    case(
        "no-softening", {"cluster.softening.length": 0.0}, "cluster.softening.length: 0.0", "at least 1.0e-"
    ),
    case("no-duration", {"duration.time": 0}, "duration.time: 0.0", "at least 1.0e-"),
    case("one-snapshot", {"snapshots": 1}, "snapshots: 1", "at least 2"),
    case("step-too-long", {"integration.step": 0.2}, "integration.step: 0.2", "at most 0.1"),
    case("endless-duration", {"duration.time": 1e300}, "duration.time: 1e+300", "at most 1.0e+12"),
    case("duration-of-nothing", {"duration.time": 1e-320}, "duration.time: 1e-320", "at least 1.0e-12"),
    case(
        "faster-than-light",
        {"cluster.tide.rotation_speed": 1e300},
        "rotation_speed: 1e+300",
        "at most 299792.458",
    ),
    case("endless-plan", {"sets.train.blocks": 10**9}, "sets.train.blocks: 1000000000", "at most 100000"),
    case("step-of-nothing", {"integration.step": 0}, "integration.step: 0.0", "at least 1.0e-"),
    case(
        "no-accuracy",
        {"integration.accuracy": GONE},
        "integration.accuracy: missing",
        "block_hermite4 needs it",
    ),
    case(
        "another-integrator's-key",
        {"integration.step": 0.01},
        "integration.step: 0.01 is not used by block_hermite4",
        "remove it",
    ),
    case(
        "another-integrator",
        {"integration.integrator": "leapfrog"},
        "integration.step: missing",
        "leapfrog needs it",
    ),
    case(
        "step-floor-below-the-clock",
        {"integration.step_floor": 1e-20},
        "integration.step_floor: 1e-20 is below 2^-40 of integration.longest_step",
        "write at least 1.3e-13",
    ),
    case(
        "floor-above-ceiling",
        {"integration.step_floor": 0.25},
        "integration.step_floor: 0.25 is above integration.longest_step",
        "lower it",
    ),
    case("too-many-halvings", {"integration.halvings": 9}, "integration.halvings: 9", "at most 8"),
    case("negative-halvings", {"integration.halvings": -1}, "integration.halvings: -1", "at least 0"),
    case("no-batch", {"integration.batch_width": 0}, "integration.batch_width: 0", "at least 1"),
    case(
        "tolerance-above-limit",
        {"integration.energy_tolerance": 0.1},
        "integration.energy_tolerance: 0.1",
        "lower it",
    ),
    case("negative-seed", {"seed": -1}, "seed: -1", "at least 0"),
    case("no-blocks", {"sets.train.blocks": 0}, "sets.train.blocks: 0", "at least 1"),
    case("output-before-the-start", {"outputs.r_h.time": 0.0}, "outputs.r_h.time: 0.0", "greater than 0"),
    case("output-after-the-end", {"outputs.r_h.time": 1.5}, "outputs.r_h.time: 1.5", "at most 1"),
    case("output-between-snapshots", {"outputs.r_h.time": 0.33}, "outputs.r_h.time: 0.33", "write 0.300000"),
    case(
        "certain-level",
        {"calibration.levels": [0.68, 0.9, 0.95, 1.0]},
        "calibration.levels[3]: 1.0",
        "less than 1",
    ),
    case(
        "learning-rate",
        {"emulators.network.learning_rate": -0.1},
        "emulators.network.learning_rate:",
        "greater than 0",
    ),
]

CONTRADICTIONS = [
    case(
        "two-durations",
        {"duration.crossing_times": 10},
        "duration: has crossing_times, time",
        "exactly one of",
    ),
    case(
        "dissolved-from-the-start",
        {"survival": {"bound_stars": 129}},
        "survival.bound_stars: 129, above the 128 stars",
        "write 128 at most",
    ),
    case("no-survivor", {"survival": {"bound_stars": -1}}, "survival.bound_stars: -1", "at least 0"),
    case(
        "no-softening-key",
        {"cluster.softening": {}},
        "cluster.softening: has no key",
        "length, spacing_fraction",
    ),
    case(
        "kroupa-with-mass",
        {"cluster.masses.mass": 1.0},
        "cluster.masses.mass: 1.0 is not used by kroupa",
        "remove it",
    ),
    case(
        "equal-without-mass",
        {"cluster.masses": {"function": "equal"}},
        "cluster.masses.mass: missing",
        "Msun",
    ),
    case(
        "salpeter-without-range",
        {"cluster.masses": {"function": "salpeter"}},
        "cluster.masses.minimum: missing",
        "Msun",
    ),
    case(
        "tide-without-orbit",
        {"parameters.galactocentric_radius": GONE},
        "parameters.galactocentric_radius: missing",
        "tide: null",
    ),
    case(
        "orbit-without-tide",
        {"cluster.tide": None},
        "parameters.galactocentric_radius: not used",
        "remove it",
    ),
    case(
        "galaxy-of-no-kind",
        {"cluster.tide": {"galaxy": "spiral"}},
        "cluster.tide.galaxy: 'spiral' is not a choice",
        "allowed: flat_curve, point_mass",
    ),
    case(
        "galaxy-without-its-key",
        {"cluster.tide": {"galaxy": "point_mass"}},
        "cluster.tide.mass: missing",
        "the galaxy point_mass needs it, in Msun",
    ),
    case(
        "key-of-another-galaxy",
        {"cluster.tide": {"galaxy": "point_mass", "mass": 1.0e11, "rotation_speed": 220.0}},
        "cluster.tide.rotation_speed: 220.0 is not used by point_mass",
        "remove it",
    ),
    case(
        "stars-twice",
        {"parameters.stars": box(100, 200)},
        "parameters.stars: given as cluster.stars too",
        "keep one",
    ),
    case(
        "fraction-of-a-star",
        {"cluster.stars": GONE, "parameters.stars": box(100, 200.5)},
        "parameters.stars.maximum: 200.5",
        "write a whole number",
    ),
    case(
        "mass-twice",
        {"parameters.maximum_mass": box(10, 50)},
        "parameters.maximum_mass: given as cluster.masses.maximum too",
        "keep one",
    ),
    case(
        "masses-upside-down",
        {"cluster.masses.maximum": GONE, "parameters.maximum_mass": box(0.05, 50)},
        "cluster.masses.minimum: 0.08 is not below parameters.maximum_mass 0.05",
        "lower it or raise parameters.maximum_mass",
    ),
    case(
        "mass-boxes-that-meet",
        {
            "cluster.masses": {"function": "kroupa"},
            "parameters.minimum_mass": box(0.05, 0.5),
            "parameters.maximum_mass": box(0.3, 50),
        },
        "parameters.minimum_mass: 0.5 is not below parameters.maximum_mass 0.3",
        "lower it or raise parameters.maximum_mass",
    ),
    case(
        "one-mass-of-many",
        {"parameters.star_mass": box(0.5, 2)},
        "parameters.star_mass: a box is not used by kroupa",
        "remove it",
    ),
    case(
        "mass-of-a-flat-curve",
        {"parameters.galaxy_mass": 1e11},
        "parameters.galaxy_mass: 100000000000.0 is not used by flat_curve",
        "remove it",
    ),
    case(
        "speed-twice",
        {"parameters.rotation_speed": box(100, 300)},
        "parameters.rotation_speed: given as cluster.tide.rotation_speed too",
        "keep one",
    ),
    case(
        "speed-of-a-point-mass",
        {"cluster.tide": {"galaxy": "point_mass", "mass": 1e11}, "parameters.rotation_speed": 220},
        "parameters.rotation_speed: 220.0 is not used by point_mass",
        "remove it",
    ),
    case(
        "speed-without-a-galaxy",
        {"cluster.tide": None, "parameters.galactocentric_radius": GONE, "parameters.rotation_speed": 220},
        "parameters.rotation_speed: not used, since cluster.tide is null",
        "remove it or set cluster.tide",
    ),
    case(
        "highest-of-equal-masses",
        {"cluster.masses": {"function": "equal", "mass": 1.0}, "parameters.maximum_mass": 5.0},
        "parameters.maximum_mass: 5.0 is not used by equal",
        "remove it",
    ),
    case(
        "softening-twice",
        {"parameters.softening_spacing_fraction": 0.1},
        "cluster.softening: length and spacing_fraction are both given",
        "keep one",
    ),
    case(
        "softening-nowhere",
        {"cluster.softening": GONE},
        "cluster.softening: missing",
        "give exactly one of length, spacing_fraction",
    ),
    case(
        "softening-as-wide-as-the-cluster",
        {"cluster.softening.length": 0.5},
        "cluster.softening.length: 0.5 softens the smallest cluster away",
        "less than 0.5",
    ),
    case(
        "softening-box-as-wide-as-the-cluster",
        {"cluster.softening": GONE, "parameters.softening_length": box(0.01, 0.7)},
        "parameters.softening_length: 0.7",
        "less than 0.5",
    ),
    case(
        "king-without-depth",
        {"cluster.profile": "king"},
        "cluster.king_depth: missing",
        "the profile king needs it",
    ),
    case(
        "depth-without-king",
        {"parameters.king_depth": box(3, 9)},
        "parameters.king_depth: a box is not used by plummer",
        "remove it",
    ),
    case(
        "segregation-twice",
        {"cluster.segregation": 0.0, "parameters.segregation": 0.5},
        "parameters.segregation: given as cluster.segregation too",
        "keep one",
    ),
    case(
        "black-holes-without-a-mass",
        {"cluster.mergers": {"star_radius": 1e-7, "black_hole_radius": 1e-5}},
        "cluster.mergers.black_hole_mass: missing",
        "cluster.mergers.black_hole_radius needs it",
    ),
    case(
        "black-holes-without-a-radius",
        {"cluster.mergers": {"star_radius": 1e-7, "black_hole_mass": 20.0}},
        "cluster.mergers.black_hole_radius: missing",
        "remove both",
    ),
    case(
        "bodies-without-size",
        {"cluster.mergers": {"star_radius": 0.0}},
        "cluster.mergers: every radius is 0",
        "mergers: null",
    ),
    case(
        "stars-as-wide-as-the-cluster",
        {"cluster.mergers": {"star_radius": 0.25}},
        "cluster.mergers: two bodies merge within 0.5",
        "less than 0.5",
    ),
    case(
        "mergers-counted-but-off",
        {"outputs.pairs": {"statistic": "number_of_mergers"}},
        "outputs.pairs.statistic: 'number_of_mergers' is always 0",
        "set cluster.mergers",
    ),
    case(
        "nothing-varies",
        {"parameters": {"virial_ratio": 1.0, "scale_radius": 1.0, "galactocentric_radius": 8.0}},
        "parameters: all are fixed",
        "give one a box",
    ),
    case(
        "folder-for-a-name",
        {"experiment": "../mine"},
        "experiment: '../mine' is not a plain name",
        "small letters",
    ),
    case("name-ending-in-a-line-break", {"experiment": "mine\n"}, "experiment: 'mine\\n'", "one line"),
    case(
        "reserved-name", {"experiment": "store"}, "experiment: 'store' is already a folder", "choose another"
    ),
    case("endless-name", {"experiment": "x" * 65}, "experiment: 'xxx", "at most 64 letters"),
    case("no-noise-set", {"sets.replicate": GONE}, "sets: none has the role noise", "role: noise"),
    case("no-sealed-set", {"sets.test": GONE}, "sets: none has the role sealed", "role: sealed"),
    case(
        "two-training-sets",
        {"sets.more": a_set(role="training")},
        "sets.train.role: 'training'",
        "role: extra",
    ),
    case(
        "noise-without-replicates",
        {"sets.replicate.replicates": 1},
        "sets.replicate.replicates: 1",
        "at least 2",
    ),
    case(
        "repeat-without-perturbations",
        {"sets.repeat.perturbations": GONE},
        "sets.repeat.perturbations: missing",
        "at least 2",
    ),
    case(
        "one-perturbation",
        {"sets.repeat.perturbations": 1},
        "sets.repeat.perturbations: 1",
        "at least 2",
    ),
    case(
        "perturbed-training",
        {"sets.train.perturbations": 3},
        "sets.train.perturbations: not used by the role training",
        "role: repeat",
    ),
    case(
        "two-repeat-sets",
        {"sets.more": a_set(role="repeat", perturbations=3)},
        "sets.repeat.role: 'repeat' is the role of more and repeat",
        "role: extra",
    ),
    case(
        "replicated-calibration",
        {"sets.calibration.replicates": 2},
        "sets.calibration.replicates: 2",
        "write 1",
    ),
    case("stratified-test", {"sets.test.sampler": "latin_hypercube"}, "sets.test.sampler:", "write prior"),
    case(
        "stratified-calibration",
        {"sets.calibration.sampler": "latin_hypercube"},
        "sets.calibration.sampler:",
        "prior",
    ),
    case(
        "shared-stream",
        {"sets.replicate.stream": "train"},
        "sets.replicate.stream: 'train' is sets.train.stream already",
        "choose another name",
    ),
    case(
        "released-from-the-start",
        {"sets.test.release_stream": "test-development"},
        "sets.test.release_stream:",
        "another name",
    ),
    case(
        "no-release",
        {"sets.test.release_stream": GONE},
        "sets.test.release_stream: missing",
        "publishing alone",
    ),
    case(
        "release-of-an-open-set",
        {"sets.train.release_stream": "x"},
        "sets.train.release_stream: not used",
        "remove it",
    ),
    case(
        "stream-with-a-slash",
        {"sets.train.stream": "a/b"},
        "sets.train.stream: 'a/b' is not a plain name",
        "letters",
    ),
    case(
        "new-runs-not-of-posteriors",
        {"sets.predictive.sampler": "prior"},
        "sets.predictive.sampler: 'prior' does not draw from posteriors",
        "write posterior",
    ),
    case(
        "posteriors-of-nothing",
        {"sets.train.sampler": "posterior"},
        "sets.train.sampler: 'posterior' is not for the role training",
        "write prior or latin_hypercube",
    ),
    case(
        "more-new-blocks-than-observed-runs",
        {"sets.predictive.blocks": 601},
        "sets.predictive.blocks: 601 is above the 600 runs",
        "write at most 600",
    ),
    case(
        "too-few-observed-runs",
        {"sets.observation.blocks": 2, "sets.observation.points": 9},
        "sets.observation.points: 18 points in all blocks are too few to judge regions of 95 %",
        "take at least 20, 10 in each of 2 blocks",
    ),
    case(
        "observed-output-unknown",
        {"inference.observed": {"sizes": ["r_h", "r_cor"]}},
        "inference.observed.sizes[1]: 'r_cor' is not among the outputs",
        "did you mean 'r_core'",
    ),
    case(
        "no-slopes-to-forecast-from",
        {"inference.families": ["forest"], "inference.observed": {"sizes": ["r_h"]}},
        "inference.families[0]: 'forest' has no slopes",
        "put another first",
    ),
    case(
        "output-not-measured",
        {"statistics": ["bound_fraction"]},
        "outputs.r_core.statistic:",
        "add it to statistics",
    ),
    case(
        "output-of-several-values",
        {"outputs.r_h.statistic": "lagrangian_radii", "statistics": list(STATISTICS.names)},
        "outputs.r_h.statistic:",
        "did you mean 'lagrangian_radius_90'",
    ),
    case(
        "logit-of-a-length",
        {"outputs.r_h.transform": "logit"},
        "outputs.r_h.transform: half_mass_radius",
        "write log",
    ),
    case(
        "log-of-a-fraction", {"outputs.f_bound.transform": "log"}, "outputs.f_bound.transform:", "write logit"
    ),
    case("reserved-output", {"outputs.all": {"statistic": "core_radius"}}, "outputs.all:", "choose another"),
    case("no-outputs", {"outputs": {}}, "outputs: empty", "add at least one entry"),
    case("statistic-twice", {"statistics": ["core_radius", "core_radius"]}, "statistics:", "keep each once"),
    case(
        "more-folds-than-blocks",
        {"cross_validation.folds": 9},
        "cross_validation.folds: 9",
        "at most 8 or add blocks",
    ),
    case("one-fold", {"cross_validation.folds": 1}, "cross_validation.folds: 1", "at least 2"),
    case("more-inner-folds-than-points", {"tuning.folds": 81}, "tuning.folds: 81 folds", "at most 80"),
    case(
        "inner-fold-too-small",
        {"sets.train.points": 6, "bias_variance.polynomial.degrees": [0, 1]},
        "sets.train.points:",
        "raise sets.train.points, or raise tuning.folds",
    ),
    case(
        "curve-above-training-set",
        {"learning_curve.sizes.2.blocks": 16},
        "learning_curve.sizes[2].blocks: 16",
        "at most 8",
    ),
    case(
        "curve-needs-more-blocks",
        {"learning_curve.sizes.1.sets": 5},
        "learning_curve.sizes[1].sets: 5 disjoint",
        "at most 4",
    ),
    case(
        "curve-out-of-order",
        {"learning_curve.sizes.0.blocks": 8, "learning_curve.sizes.0.sets": 1},
        "learning_curve.sizes:",
        "ascending",
    ),
    case("no-curve", {"learning_curve.sizes": []}, "learning_curve.sizes: [] has too few", "at least 1"),
    case(
        "degrees-twice",
        {"bias_variance.polynomial.degrees": [1, 1]},
        "bias_variance.polynomial.degrees: 1",
        "keep one",
    ),
    case(
        "widths-out-of-order",
        {"bias_variance.network.widths": [4, 2]},
        "bias_variance.network.widths: 2",
        "ascending",
    ),
    case(
        "degree-above-points",
        {"bias_variance.polynomial.degrees": [0, 6]},
        "polynomial.degrees: degree 6 has 84",
        "raise sets.train.points",
    ),
    case(
        "ladder-without-network",
        {"emulators.network": GONE},
        "bias_variance.network.widths: emulators.network, whose settings it uses, is missing",
        "add that family or remove this ladder",
    ),
    case(
        "epochs-that-no-network-trains",
        {"bias_variance.network.epochs": [10, 400], "emulators.network.epochs": 400},
        "bias_variance.network.epochs: 400 is not below the 400 of emulators.network.epochs",
        "raise emulators.network.epochs",
    ),
    case("no-ladder", {"bias_variance.lasso": {}}, "bias_variance.lasso: empty", "add penalties"),
    case("no-line", {"emulators.linear": GONE}, "emulators.linear: missing", "add 'linear: {}'"),
    case(
        "no-logarithm",
        {"emulators.power_law": {}, "parameters.segregation": {"minimum": 0.0, "maximum": 1.0}},
        "parameters.segregation.minimum: 0 has no logarithm",
        "raise it, or leave emulators.power_law out",
    ),
    case(
        "no-law-of-a-parameter",
        {
            "emulators.physics": {},
            "cluster.softening": GONE,
            "parameters.softening_length": {"minimum": 0.01, "maximum": 0.1},
        },
        "parameters.softening_length: physics has no law of it",
        "fix it at a number, or leave emulators.physics out",
    ),
    case(
        "no-law-of-an-output",
        {"emulators.physics": {}, "outputs.r_h.transform": "identity"},
        "outputs.r_h: physics has a law of the log of a length",
        "leave it out, or emulators.physics",
    ),
    case("no-mean", {"emulators.mean": GONE}, "emulators.mean: missing", "add 'mean: {}'"),
    case(
        "nothing-but-baselines",
        {"emulators": {"mean": {}, "linear": {}}, "bias_variance.network": GONE},
        "emulators: nothing but",
        "add a family",
    ),
    case(
        "level-left-out",
        {"calibration.levels": [0.5, 0.9, 0.95]},
        "calibration.levels: the tables report 0.68 too",
        "write [0.5, 0.68, 0.9, 0.95]",
    ),
    case(
        "levels-out-of-order",
        {"calibration.levels": [0.68, 0.95, 0.9]},
        "calibration.levels: 0.9",
        "ascending",
    ),
    case(
        "levels-left-out",
        {"calibration.levels": [0.5, 0.7, 0.9]},
        "the tables report 0.68 and 0.95 too",
        "write [0.5, 0.68, 0.7, 0.9, 0.95]",
    ),
    case("level-in-per-cent", {"calibration.levels": [68, 90, 95]}, "levels[0]: 68.0", "write 0.68"),
    case(
        "release-on-another-stream",
        {"sets.test.release_stream": "train"},
        "sets.test.release_stream: 'train' is sets.train.stream already",
    ),
    case("infinite-interval", {"sets.calibration.points": 21}, "sets.calibration.points: 21", "at least 22"),
    case(
        "infinite-interval-in-blocks",
        {"sets.calibration.points": 10, "sets.calibration.blocks": 2},
        "sets.calibration.points: 20 points in all blocks are too few for calibration.levels 0.95",
        "need 19 beside",
        "at least 22, 11 in each of 2 blocks",
    ),
    case(
        "infinite-high-interval",
        {"calibration.levels": [0.68, 0.9, 0.95, 0.999]},
        "sets.calibration.points: 200",
        "at least 1110, or remove 0.999 from calibration.levels",
    ),
    case(
        "infinite-interval-of-training-runs",
        {"calibration.levels": [0.68, 0.9, 0.95, 0.999], "sets.calibration.points": 1200},
        "sets.train.points: 640 points in all blocks are too few for the CV+ intervals of calibration.levels 0.999",
        "at least 999, 125 in each of 8 blocks, or remove 0.999 from calibration.levels",
    ),
    case(
        "output-that-is-no-name",
        {"outputs.nan": {"statistic": "half_mass_radius", "transform": "log"}},
        "outputs.nan: readers of tables do not take this word for a name",
        "choose another",
    ),
    case("no-fate", {"fates": {}}, "fates: empty", "add at least one entry"),
    case(
        "fate-without-reference",
        {"fates": {"mine": {"fate": "escape", "classifiers": {"logistic": {}}}}},
        "fates.mine.classifiers.prevalence: there is none that tells no star from another",
        "add 'prevalence: {}'",
    ),
    case(
        "fate-of-reference-alone",
        {"fates": {"mine": {"fate": "escape", "classifiers": {"prevalence": {}}}}},
        "fates.mine.classifiers: there is none to beat that",
        "logistic: {}",
    ),
    case(
        "fate-between-snapshots",
        {
            "fates": {
                "mine": {"fate": "escape", "time": 0.37, "classifiers": {"prevalence": {}, "logistic": {}}}
            }
        },
        "fates.mine.time: 0.37 is between snapshots",
        "or change snapshots",
    ),
    case(
        "unknown-fate",
        {"fates": {"mine": {"fate": "escap", "classifiers": {"prevalence": {}, "logistic": {}}}}},
        "fates.mine.fate: 'escap' is not a choice",
        "did you mean 'escape'?",
    ),
    case(
        "two-fates-alike",
        {
            "fates": {
                name: {"fate": "escape", "classifiers": {"prevalence": {}, "logistic": {}}}
                for name in ("mine", "yours")
            }
        },
        "fates.yours: the same as fates.mine",
        "change it, or remove it",
    ),
    case(
        "more-inner-folds-of-a-fate-than-points",
        {
            "fates": {
                "mine": {
                    "fate": "escape",
                    "tuning": {"folds": 100_000},
                    "classifiers": {"prevalence": {}, "logistic": {}},
                }
            }
        },
        "fates.mine.tuning.folds: 100000 folds are more than the",
        "write at most",
    ),
    case(
        "name-of-fate-too-long",
        {"fates": {"m" * 65: {"fate": "escape", "classifiers": {"prevalence": {}, "logistic": {}}}}},
        "a name of 65 letters",
        "of at most 64",
    ),
    case("no-task", {"tasks": {}}, "tasks: empty", "add at least one entry"),
    case(
        "task-that-is-given-nothing",
        {"tasks": {"mine": {"emulators": {"polynomial": {}}}}},
        "tasks.mine: nothing is given beside the parameters",
        "add features, or stars: true",
    ),
    case(
        "task-of-no-family",
        {"tasks": {"mine": {"features": ["total_mass"], "emulators": {}}}},
        "tasks.mine.emulators",
        "polynomial: {}",
    ),
    case(
        "task-of-a-feature-that-is-none",
        {"tasks": {"mine": {"features": ["total_masses"], "emulators": {"linear": {}}}}},
        "tasks.mine.features[0]",
        "did you mean 'total_mass'?",
    ),
    case(
        "task-called-parameters",
        {"tasks": {"parameters": {"features": ["total_mass"], "emulators": {"linear": {}}}}},
        "tasks.parameters: the emulators of the parameters alone go by this name",
        "choose another name, such as mass",
    ),
    case(
        "task-with-a-long-name",
        {"tasks": {"m" * 65: {"features": ["total_mass"], "emulators": {"linear": {}}}}},
        "a name of 65 letters",
        "of at most 64",
    ),
    case(
        "stars-for-who-cannot-read-them",
        {"tasks": {"mine": {"stars": True, "emulators": {"gaussian_process": {}}}}},
        "tasks.mine.emulators.gaussian_process: cannot read single stars",
        "take deep_sets instead",
    ),
    case(
        "no-stars-for-who-reads-them",
        {"tasks": {"mine": {"features": ["total_mass"], "emulators": {"deep_sets": {}}}}},
        "tasks.mine.emulators.deep_sets: reads single stars, and is given none",
        "add stars: true, or remove it",
    ),
    case(
        "stars-for-emulators-of-parameters",
        {"emulators.deep_sets": {}},
        "emulators.deep_sets: its networks read single stars",
        "tasks.stars.emulators.deep_sets",
    ),
    case(
        "two-tasks-alike",
        {
            "tasks": {
                "one": {"features": ["total_mass", "mean_radius"], "emulators": {"linear": {}}},
                "other": {"features": ["mean_radius", "total_mass"], "emulators": {"linear": {}}},
            }
        },
        "tasks.other: the same as tasks.one",
    ),
    case(
        "single-stars-of-clusters-of-many-sizes",
        {
            "cluster.stars": GONE,
            "parameters.stars": {"minimum": 64, "maximum": 256, "scale": "log"},
            "tasks": {"mine": {"stars": True, "emulators": {"deep_sets": {}}}},
        },
        "tasks.mine.stars: networks read one slot a star, and parameters.stars varies",
        "give features alone",
    ),
    case(
        "a-law-of-parameters-given-features",
        {"tasks": {"mine": {"features": ["total_mass"], "emulators": {"power_law": {}}}}},
        "tasks.mine.emulators.power_law: its laws know parameters, and no total_mass",
        "remove it",
    ),
    case(
        "no-word-of-yes-or-no",
        {"tasks": {"mine": {"stars": "yes", "emulators": {"deep_sets": {}}}}},
        "tasks.mine.stars: 'yes'",
        "true or false",
    ),
    case(
        "task-of-too-many-terms",
        {"tasks": {"mine": {"features": list(FEATURES.names), "emulators": {"legendre": {"highest": 12}}}}},
        "tasks.mine.emulators.legendre.highest",
        "write at most",
    ),
    case("one-model-alone", {"alternatives": {}}, "alternatives: empty", "add at least one entry"),
    case(
        "alternative-without-a-profile",
        {"alternatives": {"king": {}}},
        "alternatives.king.profile: missing",
        "add",
    ),
    case(
        "alternative-without-its-depth",
        {"alternatives": {"king": {"profile": "king"}}},
        "alternatives.king.king_depth: missing",
        "the profile king needs it",
    ),
    case(
        "alternative-with-another-s-key",
        {"alternatives": {"ball": SPHERE | {"king_depth": 3.0}}},
        "alternatives.ball.king_depth: 3.0 is not used by uniform_sphere",
        "remove it",
    ),
    case(
        "alternative-with-a-key-of-all",
        {"alternatives": {"ball": SPHERE | {"stars": 64}}},
        "alternatives.ball.stars: unknown key",
        "allowed: profile",
    ),
    case(
        "alternative-of-half-a-mass-function",
        {"alternatives": {"alike": {"profile": "plummer", "masses": {"function": "equal"}}}},
        "alternatives.alike.masses.mass: missing",
        "the mass function equal needs it, in Msun",
    ),
    case(
        "alternative-that-is-none",
        {"alternatives": {"same": {"profile": "plummer"}}},
        "alternatives.same: the same as the experiment's own cluster",
        "change it, or remove it",
    ),
    case(
        "alternative-twice",
        {"alternatives": {"a": SPHERE, "b": SPHERE}},
        "alternatives.b: the same as alternatives.a",
        "change it, or remove it",
    ),
    case(
        "alternative-of-the-cluster's-name",
        {"alternatives": {"plummer": SPHERE}},
        "alternatives.plummer: 'plummer' is what tables call the experiment's own cluster",
        "such as other_plummer",
    ),
    case(
        "alternative-alike-by-another-word",
        {"alternatives": {"same": {"profile": "plummer", "segregation": 0}}},
        "alternatives.same: the same as the experiment's own cluster",
        "change it, or remove it",
    ),
    case(
        "alternative-of-the-name-of-all",
        {"alternatives": {"all": SPHERE}},
        "alternatives.all: 'all' is what tables call all models together",
        "such as other_all",
    ),
    case(
        "alternative-too-long-for-a-file",
        {"alternatives": {"k" * 65: SPHERE}},
        "a name of 65 letters",
        "choose another name, of at most 64",
    ),
    case(
        "alternative-with-what-varies",
        {"alternatives": {"ball": SPHERE | {"segregation": 0.5}}, "parameters.segregation": box(0.1, 0.9)},
        "alternatives.ball.segregation: given as parameters.segregation too",
        "remove it",
    ),
    case(
        "alternative-that-does-without-what-varies",
        {
            "alternatives": {"ball": SPHERE},
            "cluster.profile": "king",
            "parameters.king_depth": box(2.0, 8.0),
        },
        "parameters.king_depth: a box is not used by uniform_sphere",
        "remove it",
    ),
    case(
        "alternatives-without-inference",
        {
            "alternatives": {"ball": SPHERE},
            "inference": GONE,
            "sets.observation": GONE,
            "sets.predictive": GONE,
        },
        "alternatives: there is no section inference",
        "add it, or remove alternatives",
    ),
]


@pytest.mark.parametrize(("changes", "fragments"), [*TYPOS, *TYPES, *RANGES, *CONTRADICTIONS])
def test_a_mistake_is_told_in_one_line_with_key_and_remedy(changes, fragments):
    with pytest.raises(ConfigurationError) as caught:
        validated(edited(changes))
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for fragment in fragments:
        assert fragment in message


@pytest.mark.parametrize("text", ["1e-3", "2e9", "128", "0.25", "-3e-7", "1.5E5", "1_000"])
def test_the_number_proposed_is_one_that_yaml_reads_as_that_number(text):
    with pytest.raises(ConfigurationError) as caught:
        validated(edited({"duration.time": text}))
    proposal = str(caught.value).split("in YAML write ")[1]
    assert yaml.safe_load(proposal) == float(text)
    assert not isinstance(yaml.safe_load(proposal), str)


@pytest.mark.parametrize("points", [22, 23])
def test_nineteen_points_are_enough_for_95_per_cent_beside_the_part_they_are_judged_on(points):
    assert validated(edited({"sets.calibration.points": points})).sets["calibration"].points == points


FILES = {
    "duplicate-key": ("seed: 1\nunits: {length: pc}\nseed: 2\n", "line 3", "'seed' occurs twice; keep one"),
    "duplicate-inner-key": ("sets: {a: 1, b: 2, a: 3}\n", "line 1", "'a' occurs twice; keep one"),
    "broken": ("cluster: {stars: 128\nseed: 1\n", "line 2", "correct the YAML there"),
    "tab": ("cluster:\n\tstars: 128\n", "line 2, column 1: a tab", "write spaces instead"),
    "python-object": ("seed: !!python/name:os.system\n", "line 1", "correct the YAML there"),
    "impossible-date": ("seed: 2024-13-45\n", "seed: '2024-13-45' is text, not a whole number"),
    "date": ("duration: {time: 2024-01-01}\n", "duration.time: '2024-01-01' is text, not a number"),
    "minutes": ("duration: {time: 1:30}\n", "duration.time: '1:30' is text, not a number", "write a number"),
    "minutes-of-a-whole-number": (
        "cluster: {stars: 1:30}\n",
        "cluster.stars: '1:30' is text, not a whole number",
    ),
    "octal": ("cluster: {stars: 0100}\n", "cluster.stars: '0100' is text", "in YAML write 100"),
    "hexadecimal": ("cluster: {stars: 0x80}\n", "cluster.stars: '0x80' is text", "write a whole number"),
    "tag": (
        "cluster: {stars: !!int '1:30'}\n",
        "line 1, column 18",
        "the tag '!!int' is not read; remove it",
    ),
    "empty": ("", "holds no keys", "copy config/laptop.yaml"),
    "text": ("hello", "holds no keys", "copy config/laptop.yaml"),
    "anchor-in-itself": ("cluster: &a {stars: *a}\n", "cluster.stars", "contains itself"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_told_in_one_line(tmp_path, name):
    text, *fragments = FILES[name]
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert len(str(caught.value).splitlines()) == 1
    for fragment in fragments:
        assert fragment in str(caught.value)


def test_a_missing_file_tells_which_ones_there_are():
    with pytest.raises(ConfigurationError, match=r"config/labtop\.yaml: no such file; .*laptop\.yaml"):
        load(ROOT / "config" / "labtop.yaml")


def test_what_is_not_text_at_all_is_refused(tmp_path):
    (tmp_path / "mine.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path / "mine.yaml")


def test_merged_sections_are_no_duplicates(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("a: {x: &base {k: 1, m: 2}, y: &more {<<: *base, k: 3}}\nb: {<<: *more, m: 4}\n")
    assert read(path)["b"] == {"k": 3, "m": 4}


def test_a_configuration_that_is_no_section_is_refused():
    with pytest.raises(ConfigurationError, match="no section of keys"):
        validated([1, 2])


def places(value, path=()):
    """The path of every key and list entry of a configuration."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


NONSENSE = [None, True, -1, 0, math.nan, math.inf, 10**400, "", "a\nb", [], [[]], {}, {"a": {}}, {1: 2}, b"x"]


@pytest.mark.parametrize(
    "nonsense", [*NONSENSE, GONE], ids=lambda value: "gone" if value is GONE else repr(value)[:9]
)
def test_no_nonsense_anywhere_ends_in_a_traceback(nonsense):
    for place in places(raw("test")):
        try:
            validated(edited({place: nonsense}, name="test"))
        except ConfigurationError as error:
            assert len(str(error).splitlines()) == 1
            assert len(str(error)) < 400
