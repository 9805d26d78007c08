"""A block's place among the random streams, and how its runs are drawn."""

from nbody_emulator.settings.section import Maybe, Section


class BlockPlace(Section):
    """What places the runs of a block.

    Attributes:
        stream: name of the random stream of the block's set.
        block: the block's number in it.
        points: design points, drawn by `sampler`.
        replicates: draws of stars for each.
        perturbations: runs of each draw, moved by the last bit; left out, one as drawn.
    """

    seed: int
    stream: str
    block: int
    sampler: str
    points: int
    replicates: int
    perturbations: Maybe[int] = None
