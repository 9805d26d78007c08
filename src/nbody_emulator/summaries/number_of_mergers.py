"""Number of mergers: how many stars have been swallowed by others so far."""

from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic


def number_of_mergers(snapshot: Snapshot) -> float:
    """Stars that had mass at the start and have none now; 0 where stars do not merge."""
    return snapshot.mergers


STATISTIC = Statistic(
    variable="number_of_mergers",
    units="1",
    long_name="number of stars swallowed by others since the start",
    minimum_bound_stars=0,
    measure=number_of_mergers,
    can_be_zero=True,
)
