"""Where a job computes: on its share of a GPU, or on the processor with every GPU hidden.

Both are told to JAX by variables of the environment, which count only until it is imported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from nbody_emulator.running.lease import take_one

VISIBLE = "CUDA_VISIBLE_DEVICES"
HIDDEN = {"JAX_PLATFORMS": "cpu", VISIBLE: ""}

# Of a GPU's memory; the rest is for CUDA's own needs, which every process has.
FOR_JAX = 0.9


class NoGpuError(Exception):
    """A GPU is asked for and there is none; the message is one line."""


@dataclass(frozen=True)
class Device:
    """What the configuration asks for under `runtime`.

    Attributes:
        device: `cpu`, `gpu`, or `auto`: a GPU where there is one.
        jobs_per_gpu: how many jobs may compute on one GPU at a time.
    """

    device: str
    jobs_per_gpu: int

    def gpus(self, environment: Mapping[str, str]) -> list[str]:
        """The GPUs to compute on: those named in CUDA_VISIBLE_DEVICES or, without it, all of this machine.

        Raises:
            NoGpuError: a GPU is asked for and there is none.
        """
        return _CHOICES[self.device](environment)

    def on_given(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Variables for a job that a scheduler started: it has what it was given, and never helps itself."""
        given = ",".join(self.gpus({VISIBLE: "", **environment}))
        return _on(given, FOR_JAX) if given else HIDDEN

    def on_leased(self, environment: Mapping[str, str], leases: Path) -> dict[str, str]:
        """Variables for a job that takes its share of one GPU for as long as its process lives, when one is free.

        Args:
            environment: of the job.
            leases: where the jobs of this machine agree who has which.
        """
        gpus = self.gpus(environment)
        # Every GPU gets a job before any gets a second one.
        places = {f"gpu-{gpu}-{share}": gpu for share in range(self.jobs_per_gpu) for gpu in gpus}
        if not places:
            return HIDDEN
        return _on(places[take_one(list(places), leases)], FOR_JAX / self.jobs_per_gpu)


def _on(gpus: str, memory: float) -> dict[str, str]:
    # With the platform named, JAX fails where it cannot have it; it never falls back.
    return {"JAX_PLATFORMS": "cuda", VISIBLE: gpus, "XLA_CLIENT_MEM_FRACTION": f"{memory:.3f}"}


def _visible(environment: Mapping[str, str]) -> list[str]:
    if VISIBLE in environment:
        return [name for name in environment[VISIBLE].split(",") if name not in ("", "-1", "NoDevFiles")]
    return [str(index) for index, _ in enumerate(Path("/dev").glob("nvidia[0-9]*"))]


def _jax_has_cuda() -> bool:
    return any("cuda" in plugin.name for plugin in entry_points(group="jax_plugins"))


def _required(environment: Mapping[str, str]) -> list[str]:
    gpus = _visible(environment)
    if not gpus:
        raise NoGpuError(
            "runtime.device is 'gpu', and no GPU is visible here; run where one is, or write 'auto'"
        )
    if not _jax_has_cuda():
        raise NoGpuError(
            "runtime.device is 'gpu', and JAX has no CUDA here; install envs/cuda.lock, or write 'auto'"
        )
    return gpus


def _found(environment: Mapping[str, str]) -> list[str]:
    return _visible(environment) if _jax_has_cuda() else []


_CHOICES = {"auto": _found, "cpu": lambda environment: [], "gpu": _required}
