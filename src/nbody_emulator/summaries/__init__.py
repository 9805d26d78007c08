"""What is measured on a snapshot of a cluster: one statistic a file, all on the same bound set."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "summarize": "nbody_emulator.summaries.block",
    },
)
