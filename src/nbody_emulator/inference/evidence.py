"""The evidence: how probable an observation was before anything was known of the parameters but their box."""

from dataclasses import dataclass

from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import PredictionTable
from nbody_emulator.settings.register import Register

EVIDENCES: Register[None] = Register(
    "evidence",
    {
        "table": "nbody_emulator.inference.evidences.table:of_table",
        "nested_slice": "nbody_emulator.inference.evidences.nested_slice:of_nested_slices",
        "harmonic_mean": "nbody_emulator.inference.evidences.harmonic_mean:of_harmonic_mean",
    },
)
"""First the one to use, which is the most exact in so few dimensions; then one that shares nothing with it but the
likelihood; then one that asks for nothing but draws of a posterior.
"""


@dataclass(frozen=True)
class Evidence:
    """Of one observation.

    Attributes:
        log_value: logarithm of the mean likelihood over the prior; densities are in the outputs' units [nats].
        standard_error: of it, by the method's own account.
        method: its name in the register.
    """

    log_value: float
    standard_error: float
    method: str


def evidence_of(
    table: PredictionTable, observation: Observation, method: str = "table", seed: int = 0
) -> Evidence:
    """By what the table's emulator says, taken as the table takes it.

    Args:
        method: a name in EVIDENCES. All but the table want exact values.

    Raises:
        ValueError: there is no such method, the observation has errors and the method wants none, or nothing in the box
            can explain it.
    """
    if method not in EVIDENCES.names:
        raise ValueError(f"method must be one of {', '.join(EVIDENCES.names)}, not {method!r}")
    if method != "table" and observation.errors.any():
        raise ValueError(f'{method} takes exact values alone; with errors, write method="table"')
    log_value, standard_error = EVIDENCES.load(method)(table, observation, seed)
    return Evidence(log_value, standard_error, method)
