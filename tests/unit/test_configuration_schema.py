"""The schema says neither more nor less than the code can do, and the handbook says what the schema says."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.key_table import README_PATH, schema_path, schema_text, with_tables
from nbody_emulator.configuration.kinds import KINDS
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.quantities.transforms import TRANSFORMS
from nbody_emulator.settings.parameters import parameter_units
from nbody_emulator.settings.schema import schema_of, types_of
from nbody_emulator.settings.section import KEYS_OF
from nbody_emulator.settings.units import Units
from nbody_emulator.simulation.register import GALAXIES, INTEGRATORS, MASS_FUNCTIONS, PROFILES
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.units import LENGTH_IN_PC, TIME_IN_MYR

ROOT = Path(__file__).parents[2]

SEVERAL_VALUES = {"lagrangian_radii"}
"""Statistics with more than one value at a time, which no output can be read from."""

ONE_OR_THE_OTHER = {
    "inference",
    "alternatives",
    "alternatives.<name>.king_depth",
    "alternatives.<name>.masses",
    "alternatives.<name>.masses.mass",
    "alternatives.<name>.masses.minimum",
    "alternatives.<name>.masses.maximum",
    "alternatives.<name>.segregation",
    "cluster.stars",
    "tasks",
    "tasks.<name>.tuning",
    "fates",
    "fates.<name>.tuning",
    "cluster.initial_conditions",
    "cluster.initial_conditions.file",
    "cluster.initial_conditions.folder",
    "cluster.initial_conditions.format",
    "cluster.initial_conditions.length_unit",
    "cluster.initial_conditions.mass_unit",
    "cluster.king_depth",
    "cluster.segregation",
    "cluster.mergers.black_hole_mass",
    "cluster.mergers.black_hole_radius",
    "cluster.softening",
    "cluster.masses",
    "cluster.masses.minimum",
    "cluster.masses.maximum",
    "cluster.masses.mass",
    "cluster.softening.length",
    "cluster.softening.spacing_fraction",
    "cluster.tide.rotation_speed",
    "cluster.tide.mass",
    "duration.time",
    "duration.crossing_times",
    "integration.step",
    "integration.accuracy",
    "integration.longest_step",
    "integration.step_floor",
    "integration.corrector_passes",
    "parameters.galactocentric_radius",
    "parameters.galaxy_mass",
    "parameters.king_depth",
    "parameters.maximum_mass",
    "parameters.minimum_mass",
    "parameters.rotation_speed",
    "parameters.scale_radius",
    "parameters.segregation",
    "parameters.softening_length",
    "parameters.softening_spacing_fraction",
    "parameters.star_mass",
    "parameters.stars",
    "parameters.virial_ratio",
    "sets.<name>.perturbations",
    "sets.<name>.release_stream",
}
"""Keys needed in some configurations and refused in others: neither required nor with a default."""


SCHEMA = schema_of(ClusterExperiment)


def parts(section, path=""):
    """(key path, schema) of every key; those that a section takes of another are told there."""
    for name, part in section.get("properties", {}).items():
        yield f"{path}{name}", part
        yield from () if KEYS_OF in part else parts(part, f"{path}{name}.")
    for part in section.get("patternProperties", {}).values():
        yield from parts(part, f"{path}<name>.")
    if "items" in section:
        yield from parts(section["items"], f"{path.rstrip('.')}[].")


def at(path):
    return dict(parts(SCHEMA))[path]


def sections(node):
    """Every part of the schema that describes a section of keys, wherever it stands."""
    if isinstance(node, dict):
        if "object" in types_of(node):
            yield node
        for item in node.values():
            yield from sections(item)
    elif isinstance(node, list):
        for item in node:
            yield from sections(item)


def test_the_schema_is_one():
    assert not list(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(SCHEMA))


def test_no_section_takes_unknown_keys():
    found = list(sections(SCHEMA))
    assert len(found) > 30
    assert all(section["additionalProperties"] is False for section in found)


@pytest.mark.parametrize("path", [path for path, _ in parts(SCHEMA)])
def test_every_key_is_described_with_its_unit_and_default(path):
    part = at(path)
    assert part["description"]
    if {"number", "integer"} & set(types_of(part)):
        assert part["unit"]
    section, _, name = path.rpartition(".")
    required = name in _section(section).get("required", ())
    chosen = section in ("emulators", "fates.<name>.classifiers") or (
        section.startswith("bias_variance") and not required
    )
    optional = path in ONE_OR_THE_OTHER or chosen or (KEYS_OF in part and not required)
    assert required + ("default" in part) + optional == 1


@pytest.mark.parametrize(
    ("path", "part"), [(path, part) for path, part in parts(SCHEMA) if KEYS_OF not in part]
)
def test_every_key_has_a_type_and_every_number_a_lower_limit(path, part):
    assert types_of(part), path
    assert types_of(part.get("items", part)), path
    if {"number", "integer"} & set(types_of(part)):
        assert {"minimum", "exclusiveMinimum"} & set(part), path


def _section(path):
    if not path:
        return SCHEMA
    if path.endswith("<name>"):
        return next(iter(at(path.removesuffix(".<name>"))["patternProperties"].values()))
    return at(path.removesuffix("[]"))["items"] if path.endswith("[]") else at(path)


def test_choices_are_what_is_registered():
    assert set(at("sets.<name>.sampler")["enum"]) == set(SAMPLERS.names)
    assert set(at("cluster.profile")["enum"]) == set(PROFILES.names)
    assert set(at("cluster.masses.function")["enum"]) == set(MASS_FUNCTIONS.names)
    assert set(at("cluster.tide.galaxy")["enum"]) == set(GALAXIES.names)
    assert set(at("integration.integrator")["enum"]) == set(INTEGRATORS.names)
    assert set(at("emulators")["properties"]) == set(FAMILIES.names)
    assert set(at("statistics")["items"]["enum"]) == set(STATISTICS.names)
    assert set(at("outputs.<name>.statistic")["enum"]) == set(STATISTICS.names) - SEVERAL_VALUES
    assert set(at("outputs.<name>.transform")["enum"]) == set(TRANSFORMS)
    assert set(at("units.length")["enum"]) == set(LENGTH_IN_PC)
    assert set(at("units.time")["enum"]) == set(TIME_IN_MYR)


@pytest.mark.parametrize("name", INTEGRATORS.names)
def test_integrators_are_given_the_keys_they_take(name):
    settings = inspect.signature(INTEGRATORS.load(name)().settings).parameters.values()
    needed = {setting.name for setting in settings if setting.default is setting.empty}
    optional = {setting.name for setting in settings} - needed
    assert (needed, optional) == tuple(map(set, INTEGRATORS.facts(name)))
    assert set(at("parameters")["properties"]) == set(parameter_units(Units()))


def test_figures_with_a_style_are_those_that_are_drawn():
    from nbody_emulator.figures.register import FIGURES

    assert set(at("figures")["properties"]) - {"style"} == set(FIGURES.names)


def test_every_statistic_is_measured_unless_said_otherwise():
    assert set(at("statistics")["default"]) == set(STATISTICS.names)


@pytest.mark.parametrize("name", KINDS)
def test_the_files_of_schemas_are_what_is_registered(name):
    # `python -m nbody_emulator.configuration.key_table` writes them.
    assert schema_path(name).read_text(encoding="utf-8") == schema_text(name)


@pytest.mark.parametrize(
    ("section", "register"),
    [("cluster", PROFILES), ("cluster.masses", MASS_FUNCTIONS), ("cluster.tide", GALAXIES)],
)
def test_a_methods_keys_are_described_alike_in_its_section(section, register):
    described = at(section)["properties"]
    for name in register.names:
        for key, own in schema_of(register.load(name).section())["properties"].items():
            words = ("description",)
            of_section = {word: value for word, value in described[key].items() if word not in words}
            assert of_section == {word: value for word, value in own.items() if word not in words}


@pytest.mark.parametrize("room", ["design", "simulation", "summaries", "emulators", "evaluation", "figures"])
def test_a_register_is_imported_without_what_it_registers(room):
    # The Snakefile reads all registers each time it is parsed.
    program = (
        f"import sys, nbody_emulator.{room}.register; "
        "sys.exit(' '.join({'jax', 'xarray', 'pandas', 'matplotlib'} & set(sys.modules)) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def words_of_code():
    """Names and texts in the code outside the configuration's own modules; comments and docstrings not."""
    package = ROOT / "src/nbody_emulator"
    own = {package / name for name in ("settings", "configuration/checks", "configuration/experiment.py")}
    files = [path for path in package.rglob("*.py") if not own & {path, *path.parents}]
    files.append(
        ROOT / "src/nbody_emulator/settings/parameters.py"
    )  # what a parameter stands for is told there alone
    words = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 60:
                words.add(node.value)
            words.update(
                getattr(node, field)
                for field in ("id", "attr", "arg")
                if isinstance(getattr(node, field, None), str)
            )
    return words


def test_no_key_is_dead():
    rules = " ".join(path.read_text() for path in [ROOT / "Snakefile", *(ROOT / "workflow").rglob("*.smk")])
    words = words_of_code() | set(re.findall(r"\w+", rules))
    keys = {path.rpartition(".")[2] for path, part in parts(SCHEMA) if KEYS_OF not in part}
    assert keys - words == set()


def test_the_handbook_lists_every_key():
    readme = README_PATH.read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([^`]+)` \|", readme, re.MULTILINE))
    assert {path for path, _ in parts(SCHEMA)} <= listed


def test_the_handbook_is_in_step_with_the_schema():
    readme = README_PATH.read_text(encoding="utf-8")
    remedy = "run: python -m nbody_emulator.configuration.key_table"
    assert with_tables(readme) == readme, remedy
