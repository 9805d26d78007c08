"""A configuration means what it says, however it is written."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest

from nbody_emulator.configuration.file import load, read, validated
from nbody_emulator.emulators.family import Climb, Reference
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.identity.canonical import canonical_json
from nbody_emulator.plan.from_configuration import plan_of_file
from nbody_emulator.settings.schema import schema_of, types_of

ROOT = Path(__file__).parents[2]
CONFIGURATIONS = ROOT / "config"
SHIPPED = sorted(path.stem for path in CONFIGURATIONS.glob("*.yaml"))


def raw(name="laptop"):
    return read(CONFIGURATIONS / f"{name}.yaml")


def written(given):
    """As a file would have it, complete."""
    return validated(given).written()


def reversed_order(value):
    """The same content with the keys of every section in the opposite order."""
    if isinstance(value, dict):
        return {key: reversed_order(value[key]) for key in reversed(value)}
    return [reversed_order(item) for item in value] if isinstance(value, list) else value


def leaves(value, part):
    """Every scalar with the part of the schema that describes it."""
    if isinstance(value, dict):
        free = next(iter(part.get("patternProperties", {}).values()), None)
        for key, item in value.items():
            yield from leaves(item, part.get("properties", {}).get(key, free))
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, part["items"])
    else:
        yield value, part


def test_the_four_configurations_are_shipped():
    assert {"laptop", "course", "cluster", "test"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_configuration_is_valid_under_its_own_name(name):
    assert load(CONFIGURATIONS / f"{name}.yaml").experiment == name


@pytest.mark.parametrize("name", SHIPPED)
def test_validating_twice_changes_nothing(name):
    once = written(raw(name))
    assert canonical_json(written(once)) == canonical_json(once)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_order_of_keys_has_no_meaning(name):
    turned = reversed_order(raw(name))
    assert list(turned) != list(raw(name))
    # Without sorting, so that no reader can see an order either.
    assert repr(written(turned)) == repr(written(raw(name)))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_has_the_type_that_the_schema_declares(name):
    experiment = load(CONFIGURATIONS / f"{name}.yaml")
    for value, part in leaves(experiment.written(), schema_of(type(experiment))):
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert type(value) is (float if "number" in types_of(part) else int)


def test_one_and_one_point_zero_are_the_same():
    given, otherwise = raw(), raw()
    given["duration"]["time"], otherwise["duration"]["time"] = 50, 50.0
    given["cluster"]["stars"], otherwise["cluster"]["stars"] = 128, 128.0
    given["parameters"]["scale_radius"]["maximum"] = 2
    otherwise["parameters"]["scale_radius"]["maximum"] = 2.0
    assert canonical_json(written(given)) == canonical_json(written(otherwise))


def test_what_is_left_out_takes_its_default():
    short = raw()
    for section in (
        "units",
        "integration",
        "tuning",
        "cross_validation",
        "calibration",
        "figures",
        "runtime",
    ):
        del short[section]
    del (
        short["parameters"]["virial_ratio"]["scale"],
        short["cluster"]["profile"],
        short["emulators"]["network"]["members"],
    )
    del short["sets"]["train"]["replicates"], short["statistics"], short["snapshots"]
    complete = written(short)
    assert complete["integration"] == written(raw())["integration"]
    assert complete["units"] == {"length": "pc", "time": "Myr"}
    assert complete["emulators"]["network"]["members"] == 8
    assert complete["parameters"]["virial_ratio"]["scale"] == "linear"
    assert complete["sets"]["train"]["replicates"] == 1
    assert complete["outputs"]["r_h"]["time"] == 1.0
    assert complete["figures"]["style"]["width_inches"] == 7.0
    assert complete["sealed_stream"] == "development"


def test_a_figure_of_its_own_style_takes_no_defaults_over_the_common_one():
    config = raw()
    config["figures"] = {"style": {"palette": "deep"}, "noise": {"width_inches": 5}}
    figures = written(config)["figures"]
    assert {**figures["style"], **figures["noise"]} == {
        "context": "paper",
        "palette": "deep",
        "width_inches": 5.0,
    }


def test_validation_leaves_what_it_was_given_and_its_own_defaults_alone():
    given = raw()
    before = copy.deepcopy(given)
    result = written(given)
    assert given == before
    result["calibration"]["levels"].append("spoilt")
    result["statistics"].clear()
    del given["calibration"], given["statistics"]
    assert written(given)["calibration"]["levels"] == [0.68, 0.9, 0.95]
    assert "core_radius" in written(given)["statistics"]


@pytest.mark.parametrize("stars", [2, 10_000])
def test_a_parameter_may_be_fixed(stars):
    config = raw()
    config["cluster"]["stars"] = stars
    config["survival"] = {"bound_stars": 2}
    config["parameters"]["galactocentric_radius"] = 8
    assert written(config)["parameters"]["galactocentric_radius"] == 8.0


def test_the_small_experiment_does_everything_the_default_does():
    small, default = written(raw("test")), written(raw())
    for section in ("outputs", "parameters"):
        assert set(small[section]) == set(default[section])
    # References, one that looks up its runs, one of trees, one fitted by epochs: the workflow knows no other kinds.
    assert set(small["emulators"]) <= set(default["emulators"])
    families = [FAMILIES.load(name) for name in small["emulators"]]
    assert {family.reference for family in families} == {None, *Reference}
    assert {family.is_fitted_by_epochs for family in families} == {False, True}
    # Each ladder is fitted, judged and drawn as the others are: one of complexity and one of a prior show it.
    assert set(small["bias_variance"]) <= set(default["bias_variance"])
    climbed = {
        ladder.climb
        for name, steps in small["bias_variance"].items()
        for ladder in FAMILIES.load(name).ladders
        if ladder.key in steps
    }
    assert climbed == set(Climb)
    assert small["statistics"] == default["statistics"]
    assert {run_set["role"] for run_set in small["sets"].values()} == {
        run_set["role"] for run_set in default["sets"].values()
    }
    assert small["cross_validation"]["folds"] >= 2
    # The fits on the whole training set are the last point of every learning curve.
    assert len(small["learning_curve"]["sizes"]) >= 1
    assert small["cluster"]["tide"] == default["cluster"]["tide"]


def test_reading_a_configuration_imports_nothing_that_takes_long():
    # The Snakefile does it each time it is parsed, in every job of a cluster.
    program = (
        "import sys; from nbody_emulator.configuration.file import load; "
        f"load({str(CONFIGURATIONS / 'laptop.yaml')!r}); "
        "sys.exit(' '.join({'scipy', 'jax', 'pandas', 'xarray', 'snakemake'} & set(sys.modules)) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("stars", ("stars",)),
        ("maximum_mass", ("masses", "maximum")),
        ("softening_length", ("softening",)),
        ("king_depth", ()),
        ("segregation", ()),
    ],
)
def test_a_key_of_the_cluster_may_be_a_parameter(name, place):
    config = raw()
    config["cluster"]["profile"] = "king"
    if name != "king_depth":
        config["cluster"]["king_depth"] = 6.0
    section = config["cluster"]
    for key in place[:-1]:
        section = section[key]
    if place:
        del section[place[-1]]
    boxes = {"stars": (64, 256), "king_depth": (3, 9), "softening_length": (0.01, 0.1)}
    minimum, maximum = boxes.get(name, (0.5, 1.0))
    config["parameters"][name] = {"minimum": minimum, "maximum": maximum}
    found = written(config)["parameters"][name]
    assert (found["minimum"], found["maximum"], found["scale"]) == (minimum, maximum, "linear")


def test_the_plan_says_in_a_line_what_the_experiment_holds():
    sets = load(CONFIGURATIONS / "test.yaml").sets.values()
    runs = [run_set.blocks * run_set.runs for run_set in sets]
    told = plan_of_file(CONFIGURATIONS / "test.yaml", CONFIGURATIONS.parent).in_words()
    assert told.startswith(f"test: {sum(runs)} runs in 7 sets (20 of them sealed, ")
    assert "4 of the open ones again at half the step, 5 families, " in told
