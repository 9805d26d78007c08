"""Posteriors by flows that have learned them from the emulator's own runs: for thousands of exact observations."""

from nbody_emulator.inference.amortized import Amortized
from nbody_emulator.inference.chains import Draws
from nbody_emulator.inference.likelihoods.joint import Joint
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.prediction_table import PredictionTable


def by_flows(
    table: PredictionTable, observation: Observation, seed: int
) -> tuple[Posterior, tuple[str, ...]]:
    """Independent draws, and no failures: flows do not know where they are wrong.

    They are trained anew in each call; who has many observations keeps an `Amortized`.

    Raises:
        ValueError: the observation has errors, or the table takes outcomes for something else than they are.
    """
    is_own = (
        isinstance(table.likelihood, Joint)
        and table.variance_factor == table.emulator.metadata.variance_factor
    )
    if not is_own:
        raise ValueError(
            'flows learn what the emulator itself says; for another likelihood write method="table"'
        )
    if observation.with_errors.any():  # before they are trained
        raise ValueError('amortized posteriors are of exact values; with errors, write method="table"')
    told = Amortized.of_draws(table.emulator, seed=seed).posterior(observation, seed=seed)
    parts = told.parameters, told.fractions, told.weights, told.log_likelihoods
    return Draws(*parts, independent=float(len(told.weights))), ()
