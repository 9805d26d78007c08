"""Where JAX computes: what `runtime.device` means to the processes that run the jobs."""

DEVICES = {
    "auto": {},
    "cpu": {"JAX_PLATFORMS": "cpu"},
    "gpu": {"JAX_PLATFORMS": "cuda"},
}
"""Device -> environment of the jobs; with a platform named, JAX fails where it is missing instead of falling back."""
