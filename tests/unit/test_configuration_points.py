"""An experiment whose sets would share design points is refused before anything is run, and only then."""

import copy
import math
import re
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from nbody_emulator.configuration.file import ConfigurationError, read, validated
from nbody_emulator.design import draw_block
from nbody_emulator.settings.block import BlockDesign

TEST = Path(__file__).parents[2] / "config" / "test.yaml"
PLACE = {"virial_ratio": 1.0, "scale_radius": 1.0, "galactocentric_radius": 4.0}
KEYS = ("parameters", "units", "seed")
BELOW_ONE = math.nextafter(1.0, 0.0)


def configuration(parameters, seed=536):
    config = copy.deepcopy(read(TEST))
    if "stars" in parameters:
        del config["cluster"]["stars"]
    return config | {"seed": seed, "parameters": PLACE | parameters}


def stars(most):
    return {"stars": {"minimum": 16, "maximum": most, "scale": "linear"}}


def drawn(config):
    """The points that must lie apart: of each set, and of each block of training runs."""
    found = []
    for run_set in config["sets"].values():
        if run_set["role"] == "predictive":
            continue  # placed by posteriors
        for stream in (run_set["stream"], run_set.get("release_stream")):
            blocks = range(run_set["blocks"] if stream else 0)
            one = {key: run_set[key] for key in ("sampler", "points")} | {"stream": stream, "replicates": 1}
            each = [
                draw_block(BlockDesign(**{key: config[key] for key in KEYS}, **one, block=block))
                for block in blocks
            ]
            points = [set(map(tuple, block["parameter_values"].values.tolist())) for block in each]
            found += points if run_set["role"] == "training" else [set().union(*points)]
    return found


@pytest.mark.parametrize("most", [48, 2_000, 16_384])
@pytest.mark.parametrize("seed", range(12))
def test_whole_numbers_alone_are_refused_just_if_sets_share_a_point(most, seed):
    config = configuration(stars(most), seed)
    shared = any(one & other for one, other in combinations(drawn(config), 2))
    try:
        validated(config)
    except ConfigurationError as error:
        assert shared, error
    else:
        assert not shared


@pytest.mark.parametrize(
    "parameters",
    [stars(48), {"virial_ratio": {"minimum": BELOW_ONE, "maximum": 1.0, "scale": "linear"}}],
    ids=["whole numbers", "a box of two numbers"],
)
def test_the_complaint_names_both_sides_and_its_remedy_mends_it(parameters):
    with pytest.raises(ConfigurationError, match=r"the set .* share a design point \(\w+ [\d.]+\)") as caught:
        validated(configuration(parameters))
    name, box = re.search(r"as in (\w+): (\{.*\})", str(caught.value)).groups()
    validated(configuration(parameters | {name: yaml.safe_load(box)}))
