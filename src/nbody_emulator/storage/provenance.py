"""What a file says of its own origin, with nothing in it that changes from run to run."""

import json
import platform
import sys
from typing import Any

from nbody_emulator.identity.canonical import identity
from nbody_emulator.identity.vector_set import vector_set


def provenance(specification: str) -> dict[str, Any]:
    """Attributes for a result made from `specification` (canonical JSON).

    Equal identity promises equal bits on one platform; the platform is recorded so that a mixture shows.
    """
    parsed = json.loads(specification)
    name = identity(parsed)
    return {
        "description": parsed["settings"].get("description", ""),
        "history": f"made by nbody-emulator as {parsed['stage']}/{name}",
        "comment": "`specification` is all that decided these numbers, as JSON; `identity` is its digest",
        "identity": name,
        "specification": specification,
        "versions": json.dumps(parsed["versions"], sort_keys=True),
        "platform": platform_name(),
        "source": "nbody-emulator",
    }


def platform_name() -> str:
    """Device kind and instruction set, on which equal identities give equal bits, e.g. `cpu x86_64 avx512f`."""
    jax = sys.modules.get("jax")
    device = jax.devices()[0].device_kind if jax else "cpu"
    return f"{device} {platform.machine()} {vector_set()}".strip()
