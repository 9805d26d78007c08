"""Do the sets of runs share design points? Where few places exist, the draw itself is looked at before any run."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from nbody_emulator.configuration_error import refuse
from nbody_emulator.parameters import PARAMETERS

Config = Mapping[str, Any]

UNLIKELY = 1000.0
"""With so many places for every pair of points the draw is not looked at: one in this many would share a point."""

REMEDY = (
    "the boxes leave too few places: let a parameter that is no whole number vary widely, "
    "as in virial_ratio: {minimum: 0.5, maximum: 1.5, scale: linear}"
)


def check_points(config: Config) -> None:
    """No two sets, and no two blocks of training runs, share a point: one would judge what the other taught."""
    draws = list(_draws(config))
    points = sum(draw["points"] for _, draw in draws)
    if _places(config["parameters"]) > UNLIKELY * points**2:
        return
    owners: dict[tuple[float, ...], str] = {}
    for owner, draw in draws:
        for point in _drawn(config, draw):
            if owners.setdefault(point, owner) != owner:
                pairs = zip(_free(config), point, strict=True)
                values = ", ".join(f"{name} {value:.17g}" for name, value in pairs)
                problem = f"{owners[point]} and {owner} share a design point ({values})"
                refuse("parameters", problem, REMEDY)


def _draws(config: Config) -> Iterator[tuple[str, dict]]:
    """What each block is drawn from, and whose points these are, in words."""
    for name, run_set in sorted(config["sets"].items()):
        for key in ("stream", "release_stream"):
            for block in range(run_set["blocks"] if key in run_set else 0):
                of_set = f"the set {name}" if key == "stream" else f"the set {name} (its {key})"
                owner = f"block {block} of {of_set}" if run_set["role"] == "training" else of_set
                draw = {word: run_set[word] for word in ("sampler", "points")}
                yield owner, draw | {"stream": run_set[key], "block": block}


def _free(config: Config) -> list[str]:
    return sorted(name for name, box in config["parameters"].items() if isinstance(box, Mapping))


def _places(parameters: Mapping) -> float:
    """How many design points the boxes can hold: whole numbers, or floating-point numbers."""
    boxes = {name: box for name, box in parameters.items() if isinstance(box, Mapping)}
    return math.prod(_places_of(name, box) for name, box in boxes.items())


def _places_of(name: str, box: Mapping) -> float:
    step = 1.0 if PARAMETERS[name].whole else math.ulp(max(abs(box["minimum"]), abs(box["maximum"])))
    return (box["maximum"] - box["minimum"]) / step + 1.0


def _drawn(config: Config, draw: Mapping) -> list[tuple[float, ...]]:
    # Imported here: only an experiment with few places pays for drawing while it is read.
    from nbody_emulator.design import draw_block

    seeds = {key: config[key] for key in ("parameters", "units", "seed")}
    runs = draw_block({**seeds, **draw, "replicates": 1})
    values = runs["parameter_values"].sel(parameter=_free(config)).values
    return list(map(tuple, values.tolist()))


CHECKS = (check_points,)
