"""The record of a fit: every candidate with its score, and the curves of the training."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbody_emulator.identity.seen_points import seen_in, seen_variables

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.emulators.emulator import Emulator

_LONG_NAMES = {
    "training_loss": "loss on the member's training runs at the start of each epoch",
    "validation_loss": "loss on the runs set aside for early stopping at the start of each epoch",
    "best_epoch": "epoch whose weights were kept",
    "r_hat": "largest split R-hat of the predicted means of the training runs; below 1.01 the chains agree",
    "divergences": "draws of all chains whose trajectories left their energy",
    "negative_evidence": "negative lower bound of the logarithm of the evidence, by one draw at each step [nats]",
}


def fitting_record(trials: Sequence, chosen: int, history, emulator: "Emulator") -> "xr.Dataset":
    """The record of one fit: `inner_score` and `hyperparameters` by candidate, `history` curves, what the emulator that
    came of it takes to keep, the design points it has seen, `chosen` as an attribute.
    """
    import xarray as xr  # imported here: using an emulator does not need it

    variables: dict[str, Any] = {
        "inner_score": (
            ("candidate",),
            [trial.score for trial in trials],
            {"units": "1", "long_name": "mean out-of-fold negative log likelihood of the scaled outputs"},
        ),
        "hyperparameters": (
            ("candidate",),
            [json.dumps(trial.family.hyperparameters, sort_keys=True) for trial in trials],
            {"long_name": "hyperparameters of the candidate as JSON"},
        ),
        "numbers": ((), emulator.numbers, {"units": "1", "long_name": "numbers in the saved emulator"}),
        "file_size": ((), len(emulator.content), {"units": "byte", "long_name": "size of its file"}),
    }
    for name, (dimensions, values) in history.items():
        variables[name] = (dimensions, values, {"units": "1", "long_name": _LONG_NAMES.get(name, name)})
    metadata = emulator.metadata
    variables |= seen_variables([metadata.seen])
    return xr.Dataset(variables, attrs={"family": metadata.family, "chosen": chosen})


def record_of_folds(records: Mapping[int, "xr.Dataset"]) -> "xr.Dataset":
    """fitting.nc of several fits, by the number of the fold that each has not seen: their records along `fold`."""
    import xarray as xr

    def described(values, long_name):
        return "fold", values, {"units": "1", "long_name": long_name}

    in_order = [records[fold] for fold in sorted(records)]  # as a coordinate has to be
    seen = [each for record in in_order for each in seen_in(record, "the record of a fit")]
    alone = [record.drop_dims(["seen_fit", "seen_point"]) for record in in_order]
    chosen = [record.attrs["chosen"] for record in alone]
    variables = {"chosen": described(chosen, "number of the chosen candidate")}
    reasons = [record.attrs.get("left_out", "{}") for record in alone]
    variables["left_out"] = ("fold", reasons, {"long_name": "outputs that were not fitted, and why, as JSON"})
    coordinates = {"fold": described(sorted(records), "fold that the fit was not given, -1 = none")}
    folds = xr.concat([record.drop_attrs(deep=False) for record in alone], "fold", join="exact")
    attributes = {"title": "Records of an emulator's fits", "family": alone[0].attrs["family"]}
    return folds.assign(variables | seen_variables(seen)).assign_coords(coordinates).assign_attrs(attributes)
