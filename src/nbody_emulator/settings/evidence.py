"""What it takes to tell models apart by the evidence of runs."""

from nbody_emulator.settings.rows import Reading
from nbody_emulator.settings.section import Listed


class EvidenceSettings(Reading):
    """Evidences of the runs of every model, under every model.

    Attributes:
        models: their names, in the order of their emulators and of their summaries.
        sources: of the files of one model; those of the others are the same blocks.
        points: that evidences are summed over at most.
    """

    models: Listed[str]
    points: int
