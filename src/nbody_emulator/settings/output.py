"""The entries of the section `outputs`."""

from typing import Literal

from nbody_emulator.settings.section import Maybe, Section, setting


class OutputSetting(Section):
    """One output."""

    statistic: str = setting(..., "Statistic the output is read from; listed in statistics")
    transform: Literal["identity", "log", "logit"] = setting(
        "identity",
        "Transform to the whole real line, where a Gaussian can describe it; logit is for fractions",
    )
    time: float = setting(
        1.0, "When it is read: a snapshot's time, as a fraction of the duration", gt=0, le=1
    )


class OutputReading(OutputSetting):
    """How one output is read off summaries, of clusters or of runs of another simulator.

    Attributes:
        resolution: smallest step of a fraction; left out, one star of the smallest cluster.
    """

    resolution: Maybe[float] = None
