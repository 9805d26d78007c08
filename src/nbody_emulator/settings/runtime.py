"""The section `runtime`."""

from typing import Literal

from nbody_emulator.settings.section import Section, setting


class Runtime(Section):
    """How it runs; nothing here can change a result's identity."""

    device: Literal["auto", "cpu", "gpu"] = setting(
        "auto", "Where simulations run; gpu without one is an error, auto takes one if there is one"
    )
    jobs_per_gpu: int = setting(
        1, "How many blocks may be simulated on one GPU at a time; each takes its share of the memory", ge=1
    )
