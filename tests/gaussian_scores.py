"""What a Gaussian of a mean and a variance says of a target, for synthetic predictions."""

import xarray as xr

from nbody_emulator.emulators import mixture


def scored(predictions: xr.Dataset) -> xr.Dataset:
    """With what Gaussians of their mean and variance say of their target."""
    target, *gaussian = xr.broadcast(*(predictions[name] for name in ("target", "mean", "variance")))
    components = [each.transpose(*predictions["mean"].dims).values[None] for each in gaussian]
    target = target.transpose(*predictions["mean"].dims).values
    answers = {"log_density": mixture.log_density, "z": mixture.normal_quantile, "crps": mixture.crps}
    return predictions.assign(
        {name: (predictions["mean"].dims, answer(target, *components)) for name, answer in answers.items()}
    )
