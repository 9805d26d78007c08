"""The device that is measured: asked for, what it has room for, and what it could do at most."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import jax
from stopwatch import keep, show

REFUSAL = (
    "JAX sees no GPU, so nothing is measured; --rehearse tries the code on any device and writes nothing"
)


@dataclass(frozen=True)
class Chip:
    """What limits arithmetic: multiprocessors, clock [Hz], and lanes of a multiprocessor by precision."""

    multiprocessors: int
    clock: float
    lanes: dict[str, int]

    def operations(self, precision: str) -> float:
        """Operations a second that the lanes begin, a multiply-add being one."""
        return self.multiprocessors * self.clock * self.lanes[precision]


HOPPER = Chip(132, 1.98e9, {"float32": 128, "float64": 64})
AMPERE = Chip(108, 1.41e9, {"float32": 64, "float64": 32})
CHIPS = {
    "NVIDIA H200": HOPPER,
    "NVIDIA H100 80GB HBM3": HOPPER,
    "NVIDIA A100-SXM4-40GB": AMPERE,
    "NVIDIA A100-SXM4-80GB": AMPERE,
}
"""By JAX's name of the device, at the highest clock; others, such as PCIe cards, have other clocks."""

SLOTS = {
    "acceleration": {"float32": 13, "float64": 22},
    "acceleration + jerk": {"float32": 27, "float64": 36},
}
"""Operations a pair takes, the root included, of the sum written out pair by pair."""


def issue_bound(kind: str, sums: str, precision: str) -> float | None:
    """Pairs a second were every lane busy at every tick; None for a device that is not in the table."""
    return CHIPS[kind].operations(precision) / SLOTS[sums][precision] if kind in CHIPS else None


def room(device: jax.Device) -> float:
    """Bytes that JAX may take on a device; no limit where it knows of none."""
    return (device.memory_stats() or {}).get("bytes_limit", float("inf"))


Rows = Callable[[jax.Device], Iterator[dict[str, object]]]


def measure(name: str, rows: Rows, rehearsal: Rows) -> None:
    """The table of this name from JAX's own choice of device, kept anew after each row; what the scripts here do.

    Raises:
        SystemExit: the device is no GPU, and no rehearsal was asked for.
    """
    device = jax.devices()[0]
    rehearse = sys.argv[1:] == ["--rehearse"]
    if not rehearse and device.platform != "gpu":
        raise SystemExit(REFUSAL)
    made = []
    for row in (rehearsal if rehearse else rows)(device):
        made.append(row)
        print(*row.values(), flush=True)
        if not rehearse:
            keep(name, made)
    show(made)
