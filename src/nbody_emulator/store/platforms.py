"""On which platforms a stored result was made, with all that it was made from."""

from functools import cache
from pathlib import Path

from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.storage.receipt import read_receipt


def platforms_of(artifact: Artifact) -> str:
    """The platforms of the result and of everything it descends from, by their receipts, in one word for all.

    Two results of one identity have the same bits if this is the same: a table is one processor's, but its runs may be
    a GPU's. Empty where no receipt is left.
    """
    return ", ".join(sorted(_platforms(artifact)))


@cache
def _platforms(artifact: Artifact) -> frozenset[str]:
    receipt = read_receipt(Path(artifact.folder))
    own = {receipt["made"]["platform"]} if receipt else set()
    return frozenset(own).union(*(_platforms(each) for items in artifact.inputs.values() for each in items))
