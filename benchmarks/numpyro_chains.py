"""Chains as who knows numpyro would draw them: its own defaults on its own uniform prior, one observation at a time.

The density is that of the package's chains, and so are the checks. What differs: steps in the logits of the box and not
in scores turned by a rough table, a diagonal mass matrix, an acceptance of 0.8, a start anywhere, and as long a warm-up
as there are draws, which is what numpyro's examples take.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
from numpyro.distributions import Uniform
from numpyro.infer import MCMC, NUTS

from nbody_emulator.inference import Observation, PredictionTable
from nbody_emulator.inference.chains import Chains, ChainSettings, _judged
from nbody_emulator.inference.landscape import of_the_box

Sampler = Callable[[Observation], Chains]


def sampler(table: PredictionTable) -> Sampler:
    """Chains of one observation, as many and as long as the package's, compiled once for all."""
    settings = ChainSettings()
    parameters, emulated = table.emulator.parameters, table.emulator.model
    physical = of_the_box(parameters)

    def model(target, looked_at, present):
        box = Uniform().expand([len(parameters)]).to_event(1)
        fractions = numpyro.sample("fractions", box)
        outcome = table.likelihood.taken(emulated(physical(fractions)))
        widened = outcome.widened(jnp.asarray(table.variance_factor))
        numpyro.factor("likelihood", widened.log_prob(target, looked_at, present))

    # The model's arguments are those of one program; chains side by side, as ours, and not one after the other.
    walk = MCMC(
        NUTS(model),
        num_warmup=settings.draws,
        num_samples=settings.draws,
        num_chains=settings.chains,
        chain_method="vectorized",
        progress_bar=False,
        jit_model_args=True,
    )

    def chains(observation):
        seen = np.nan_to_num(observation.targets), observation.looked_at, observation.present
        walk.run(jax.random.key(settings.seed), *map(jnp.asarray, seen))
        fractions = np.asarray(walk.get_samples(group_by_chain=True)["fractions"])
        diverging = np.asarray(walk.get_extra_fields(group_by_chain=True)["diverging"])
        return _judged(table, fractions, np.full(diverging.shape, np.nan), diverging)

    return chains
