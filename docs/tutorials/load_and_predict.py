# %% [markdown]
# # Load an emulator, predict, and infer
#
# An emulator answers at once what a simulation works out star by star, and says how far it may be off. Here
# one is loaded that comes with the package, asked about clusters, and turned round: from what was seen of a
# cluster to where it came from. Nothing is simulated, and no other file is needed. `pip install
# ".[workflow]" astropy arviz` brings what the cells import.

# %%
# %matplotlib inline
import arviz as az
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import numpyro
import numpyro.distributions as dist
import pandas as pd
import xarray as xr
from astropy import units as u
from numpyro.infer import MCMC, NUTS

from nbody_emulator import Emulator, infer

# %% [markdown]
# ## What it is of
#
# An emulator is worth what its card says. Read `of` first: your cluster should be like these. Of 128 stars
# and of 50 Myr means just that; more stars relax more slowly, and nothing here knows how they would have
# ended.

# %%
emulator = Emulator.load("laptop")
print(emulator)

# %% [markdown]
# `R2` is the share of the variance between runs that is predicted. It is far from 1, and cannot reach it:
# two clusters with the same three parameters, drawn from other random numbers, end differently. The last
# columns are what matters: of runs that no fit had seen, the share that fell into their intervals of 68, 90
# and 95 %.

# %% [markdown]
# ## One cluster
#
# The virial ratio is twice the kinetic over the potential energy at birth: 1 is in balance, less falls
# together first.

# %%
cluster = {"virial_ratio": 0.9, "scale_radius": 1.2, "galactocentric_radius": 4.0}
prediction = emulator.predict(cluster)
print(prediction)

# %% [markdown]
# Those are medians, and intervals that hold 68 % of new runs. For each output there is its whole
# distribution:

# %%
sigma = prediction["sigma_v"]
low, high = sigma.interval(0.90)
print(
    f"velocity dispersion: median {sigma.median:.3f}, mean {sigma.mean:.3f}, 90 % in {low:.3f} to {high:.3f} pc/Myr"
)
print(f"and it is above 0.35 pc/Myr in {1 - sigma.cdf(0.35):.1%} of new runs")

# %% [markdown]
# Mean and median differ since the distribution is skew. All of this is said of a cluster that survives,
# which is to have 7 bound stars or more at 50 Myr. How probable that is:

# %%
near = emulator.predict(cluster | {"virial_ratio": 1.7, "galactocentric_radius": 1.2})
print(f"here {prediction.probability:.3f}; hot and near the centre of the galaxy {near.probability:.3f}")

# %% [markdown]
# ## Units
#
# Bare numbers are in the units of the card. Quantities of astropy, pint, unyt or unxt are converted, and a
# wrong dimension is refused instead of being misread.

# %%
same = emulator.predict(cluster | {"galactocentric_radius": 4000 * u.pc})
print(same["sigma_v"].median == sigma.median)
try:
    emulator.predict(cluster | {"galactocentric_radius": 4000 * u.Myr})
except (TypeError, ValueError) as error:
    print(error)

# %% [markdown]
# ## Many clusters
#
# A frame goes in with a row a cluster, and comes out with its labels.

# %%
clusters = pd.DataFrame(
    {"virial_ratio": [0.5, 1.0, 1.5], "scale_radius": 1.0, "galactocentric_radius": 4.0},
    index=["cold", "even", "hot"],
)
found = emulator.predict(clusters).to_dataframe(level=0.90)
found[["probability", "f_bound_median", "f_bound_lower", "f_bound_upper"]].round(3)

# %% [markdown]
# With xarray a grid is spanned by the names of its axes. What comes out knows its units, and can be written
# to NetCDF.

# %%
radii = xr.DataArray(np.geomspace(1.0, 10.0, 6), dims="orbit")
ratios = xr.DataArray(np.linspace(0.2, 1.8, 10), dims="ratio")
grid = emulator.predict(
    {"galactocentric_radius": radii, "virial_ratio": ratios, "scale_radius": 1.0}
).to_xarray()
print(dict(grid.sizes))
print(grid["sigma_v_median"].attrs)

# %% [markdown]
# ## A picture
#
# Along one parameter, with bands that hold 68 and 90 % of new runs:

# %%
emulator.predict(cluster | {"virial_ratio": np.linspace(0.2, 1.8, 60)}).plot()

# %% [markdown]
# The bands are wide beside the slope of the median. Most of that width is the draw of the stars
# ([measured](../findings.md)), which these three parameters do not fix; more training runs would not narrow it.
#
# ## Outside the box
#
# Outside the box of its training runs an emulator can say anything. This one refuses:

# %%
beyond = cluster | {"galactocentric_radius": 12.0}
try:
    emulator.predict(beyond)
except ValueError as error:
    print(error)

# %% [markdown]
# A program that must go on asks for NaN, or for an interval that grows with the distance. The latter is a
# guess: no run out there has tested it.

# %%
print(emulator.predict(beyond, outside="nan")["f_bound"].median)
print(np.round(emulator.predict(beyond, outside="widen")["f_bound"].interval(0.90), 3))
edge = emulator.predict(cluster | {"galactocentric_radius": 10.0})
print(np.round(edge["f_bound"].interval(0.90), 3), "at the edge of the box")

# %% [markdown]
# Inside, `applicability` says how far a point lies from the training runs; above 1 it is farther than 95 %
# of runs drawn like them.

# %%
print(
    f"{prediction.applicability:.2f} for our cluster, {near.applicability:.2f} for the one that is hot and near"
)

# %% [markdown]
# ## From a cluster back to its birth
#
# Say that a cluster was seen to keep 60 % of its mass, with half of that within 1.5 pc, and a velocity
# dispersion of 0.4 pc/Myr. Which parameters lead there? `infer` weighs points that fill the box by how
# likely they make what was seen. (Errors of a measurement go in as `errors={...}`; these values are exact.)

# %%
seen = {"f_bound": 0.6, "r_h": 1.5, "sigma_v": 0.4}
by_table = infer(emulator, seen)
print(by_table)

# %% [markdown]
# A contraction near 0 says that nothing was learned: of the orbit we know much, of size and virial ratio at
# birth hardly more than before. The last line is the test that counts: on 600 simulated clusters whose truth
# is known, regions of 90 % held it so often.
#
# ## The same with NUTS
#
# To put the emulator into a model of your own, `emulator.outcome` is a pure function of JAX: parameters in,
# the distribution of what may become of one run out. Here it stands in a model of numpyro. Three things are
# to be got right:
#
# - the prior is the box, as outside it nothing was learned;
# - outputs go in transformed, and NaN where nothing was observed (`r_core` here); `looked_at` says that
#   nobody looked, which is not the same as a core that does not exist;
# - variances are widened by the factor that calibration runs have set, as `infer` does.

# %%
targets = jnp.array(
    [each.forward(seen[each.name]) if each.name in seen else jnp.nan for each in emulator.outputs]
)
looked_at = jnp.array([each.name in seen for each in emulator.outputs])
factor = emulator.metadata.posteriors.variance_factor
priors = {"linear": dist.Uniform, "log": dist.LogUniform}


def model():
    theta = [
        numpyro.sample(each.name, priors[each.scale](each.minimum, each.maximum))
        for each in emulator.parameters
    ]
    outcome = emulator.outcome(jnp.stack(theta)).widened(factor)
    numpyro.factor("seen", outcome.log_prob(targets, looked_at))


# %% [markdown]
# Two short chains, to be quick; for a paper take four of a thousand draws.

# %%
chains = MCMC(
    NUTS(model), num_warmup=300, num_samples=500, num_chains=2, chain_method="vectorized", progress_bar=False
)
chains.run(jax.random.key(1))

# %% [markdown]
# ArviZ says whether they can be trusted: `r_hat`, which compares the chains, should be near 1, and the
# effective sizes, which count independent draws, some hundreds.

# %% tags=["near"]
drawn = az.from_numpyro(chains)
az.summary(drawn, kind="diagnostics")[["ess_bulk", "ess_tail", "r_hat"]].astype(float).round(2)

# %% [markdown]
# Say which interval you mean: the one that ArviZ tells without being asked is another in its version 1 than
# before. These are central ones of 90 %, beside those of the table.

# %% tags=["near"]
draws = az.extract(drawn)
of_chains = draws.quantile([0.05, 0.5, 0.95], dim="sample")
of_table = {probability: by_table.posterior.quantile(probability) for probability in (0.05, 0.5, 0.95)}
for name in of_table[0.5]:
    left = " ".join(f"{float(value):6.2f}" for value in of_chains[name])
    right = " ".join(f"{of_table[probability][name]:6.2f}" for probability in of_table)
    print(f"{name:22s} chains {left}   table {right}")

# %% [markdown]
# As a picture, in bins that each hold one part in twenty of the prior:

# %%
figure, panels = plt.subplots(1, 3, figsize=(9, 2.6), layout="constrained")
of_points = by_table.posterior.sample(4000)
for axes, each in zip(panels, emulator.parameters, strict=True):
    edges = each.from_unit_interval(np.linspace(0.0, 1.0, 21))
    axes.hist(of_points[each.name], edges, weights=np.full(4000, 1 / 4000), alpha=0.4, label="table")
    share = np.full(draws.sizes["sample"], 1 / draws.sizes["sample"])
    axes.hist(draws[each.name], edges, weights=share, histtype="step", label="chains")
    axes.axhline(1 / 20, color="gray", linestyle=":", label="prior")
    axes.set(
        xlabel=f"{each.name} [{each.unit}]".replace("_", " ").replace(" [1]", ""),
        yticks=[],
        xscale=each.scale,
    )
panels[0].legend(frameon=False)
plt.show()

# %% [markdown]
# Both agree to the noise of such short chains. The virial ratio fills its box: whoever reports its median
# reports the prior.
#
# ## Where this ends
#
# - The posterior is that of a cluster of 128 stars, 50 Myr old, on a circular orbit in this galaxy, without
#   gas, binaries or stellar evolution. For another cluster take another emulator; `make results` makes one.
# - What was "seen" is what the simulation defines: the half-mass radius in space, say, and no telescope's.
#   [Inference](../inference.md) says which, and what posteriors held.
# - [Using an emulator](../use.md) has all that may be given and asked.
