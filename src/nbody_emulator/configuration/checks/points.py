"""Do the sets of runs share design points? Where few places exist, the draw itself is looked at before any run."""

import math
from collections.abc import Iterator, Mapping

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.settings.error import refuse
from nbody_emulator.settings.parameters import PARAMETERS, Box
from nbody_emulator.settings.run_set import RunSet

UNLIKELY = 1000.0
"""With so many places for every pair of points the draw is not looked at: one in this many would share a point."""

REMEDY = (
    "the boxes leave too few places: let a parameter that is no whole number vary widely, "
    "as in virial_ratio: {minimum: 0.5, maximum: 1.5, scale: linear}"
)


def check_points(experiment: ClusterExperiment) -> None:
    """No two sets, and no two blocks of training runs, share a point: one would judge what the other taught."""
    boxes = experiment.parameters.boxes
    points = sum(
        run_set.points * run_set.blocks * len(_streams(run_set)) for run_set in experiment.sets.values()
    )
    if _places(boxes) > UNLIKELY * points**2:
        return
    owners: dict[tuple[float, ...], str] = {}
    for owner, drawn in _draws(experiment):
        for point in drawn:
            if owners.setdefault(point, owner) != owner:
                values = ", ".join(f"{name} {value:.17g}" for name, value in zip(boxes, point, strict=True))
                problem = f"{owners[point]} and {owner} share a design point ({values})"
                refuse("parameters", problem, REMEDY)


def _draws(experiment: ClusterExperiment) -> Iterator[tuple[str, list[tuple[float, ...]]]]:
    """Whose points these are, in words, and the points of each block."""
    # Imported here: only an experiment with few places pays for drawing while it is read.
    from nbody_emulator.design.block import draw_points
    from nbody_emulator.settings.block import BlockDesign

    common = {name: getattr(experiment, name) for name in ("seed", "parameters", "units")}

    boxes = experiment.parameters.boxes
    for name, run_set in sorted(experiment.sets.items()):
        if SAMPLERS.load(run_set.sampler).chosen_by:
            continue  # where they lie is known when posteriors are, and nothing learns from them
        for key, stream in _streams(run_set).items():
            of_set = f"the set {name}" if key == "stream" else f"the set {name} (its {key})"
            for block in range(run_set.blocks):
                owner = f"block {block} of {of_set}" if run_set.role == "training" else of_set
                drawn = {name: getattr(run_set, name) for name in ("sampler", "points", "replicates")}
                columns = draw_points(BlockDesign(**common, **drawn, stream=stream, block=block))
                yield owner, list(zip(*(columns[name].tolist() for name in boxes), strict=True))


def _streams(run_set: RunSet) -> dict[str, str]:
    keys = ("stream", "release_stream")
    return {key: getattr(run_set, key) for key in keys if getattr(run_set, key) is not None}


def _places(boxes: Mapping[str, Box]) -> float:
    """How many design points the boxes can hold: whole numbers, or floating-point numbers."""
    return math.prod(_places_of(name, box) for name, box in boxes.items())


def _places_of(name: str, box: Box) -> float:
    step = 1.0 if PARAMETERS[name].whole else math.ulp(max(abs(box.minimum), abs(box.maximum)))
    return (box.maximum - box.minimum) / step + 1.0


CHECKS = (check_points,)
