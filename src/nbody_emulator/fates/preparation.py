"""Scales what classifiers read, and fills in what is missing for those that do not take it: fitted in the fold."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.scaling import Scaler, axis_values, fit_scaler
from nbody_emulator.fates.star_inputs import MISSABLE
from nbody_emulator.fates.star_rows import StarRows
from nbody_emulator.quantities.quantity import Parameter


class Prepared(eqx.Module):
    """A cluster as models read it, or many along a first axis.

    Attributes:
        cluster: (c,) scaled.
        stars: (N, k) scaled, zero in empty slots.
        present: (N,) bool.
    """

    cluster: jax.Array
    stars: jax.Array
    present: jax.Array

    @property
    def of_each(self) -> jax.Array:
        """(N, c + k) of every star, what is known of its cluster first."""
        cluster = jnp.broadcast_to(self.cluster, (len(self.stars), len(self.cluster)))
        return jnp.concatenate([cluster, self.stars], axis=1)


class Preparation(eqx.Module):
    """From numbers as they were measured to those that models read.

    Attributes:
        clusters, stars: scalers of what is known of clusters, on each column's own scale, and of stars.
        medians: (k,) of the stars' scaled inputs, in place of what is missing.
        fills: whether anything is filled in. A column then says of every input that may be missing whether it was.
    """

    clusters: Scaler
    stars: Scaler
    medians: jax.Array
    fills: bool = eqx.field(static=True)

    @staticmethod
    def of(rows: StarRows, fills: bool) -> "Preparation":
        """That of the clusters with any star known for what happened to it, and of these stars."""
        known = rows.observed.any(axis=1)
        stars = rows.stars[rows.observed]
        # What no star has is filled in by anything, and told by its flag alone.
        stars = np.where(np.isnan(stars).all(axis=0), 0.0, stars)
        scaler = fit_scaler(stars)
        medians = np.nan_to_num(np.nanmedian(np.asarray(scaler.forward(stars)), axis=0))
        axes = axis_values(rows.columns, rows.clusters[known])
        return Preparation(fit_scaler(np.asarray(axes)), scaler, jnp.asarray(medians), fills)

    def __call__(
        self, columns: tuple[Parameter, ...], clusters: np.ndarray, stars: np.ndarray, present: np.ndarray
    ) -> Prepared:
        """Of one cluster or of many: clusters (..., c) in their own units, stars (..., N, k), present (..., N)."""
        scaled = self.stars.forward(stars)
        if self.fills:
            missing = jnp.isnan(scaled)
            scaled = jnp.where(missing, self.medians, scaled)
            scaled = jnp.concatenate([scaled, missing[..., list(MISSABLE)].astype(float)], axis=-1)
        cluster = self.clusters.forward(axis_values(columns, clusters))
        return Prepared(cluster, jnp.where(present[..., None], scaled, 0.0), jnp.asarray(present))
