"""What is measured on a snapshot of a cluster: one statistic a file, all on the same bound set."""

from nbody_emulator.summaries.block import summarize

__all__ = ["summarize"]
