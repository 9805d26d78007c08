"""The entries of the section `tasks`: emulators that are given more of a run than its parameters."""

from nbody_emulator.settings.protocol import Given, Tuning
from nbody_emulator.settings.section import Maybe, setting

PARAMETERS = "parameters"
"""What tables call the task of an experiment's own emulators, which are given these alone."""


class Task(Given):
    """Emulators that are given something of the drawn stars beside the parameters, judged as all others are."""

    tuning: Maybe[Tuning] = setting(
        None, "How these emulators choose their hyperparameters; left out, as all others do"
    )
