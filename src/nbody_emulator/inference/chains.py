"""Posteriors by Markov chains, where points that fill the box would be too few: Hamiltonian walks along gradients.

Observations of the same outputs walk in one compiled program, few at a time, as all wait for the one that takes most
steps. Sources: Hoffman & Gelman 2014 (J. Mach. Learn. Res. 15, 1593); limits of R-hat and of effective sizes: Vehtari
et al. 2021 (Bayesian Analysis 16, 667).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.random_keys import counted_off, random_key
from nbody_emulator.emulators.register import FAMILIES, in_a_sentence
from nbody_emulator.extras import extra
from nbody_emulator.inference.convergence import bulk_size, r_hat, tail_size
from nbody_emulator.inference.landscape import Landscape, observed_from
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.prediction_table import PredictionTable, alike
from nbody_emulator.posterior_standards import SMALLEST_EFFECTIVE_SIZE
from nbody_emulator.streams import generator, key_integer

LARGEST_R_HAT = 1.01

_SIZES = (1, 4, 16)
"""Observations in one program: a batch is filled up to the next of these."""

_DEEPEST_TREE = 8
"""Doublings of a trajectory: 255 steps of it at most."""


@dataclass(frozen=True)
class ChainSettings:
    """How chains are drawn.

    Attributes:
        chains: of each observation.
        warmup: steps of each in which it learns how far to go, and forgets where it started.
        draws: of each that are kept.
        target_accept: probability at which the length of its steps aims: nearer to 1 they are shorter and safer.
        seed: of all that is drawn.

    Raises:
        ValueError: nothing could be said of so few chains or draws.
    """

    chains: int = 4
    warmup: int = 300
    draws: int = 1000
    target_accept: float = 0.9
    seed: int = 0

    def __post_init__(self):
        least = {"chains": 2, "warmup": 1, "draws": 4}
        low = [f"{name} must be {end} or more" for name, end in least.items() if getattr(self, name) < end]
        if not 0.0 < self.target_accept < 1.0:
            low.append("target_accept must be between 0 and 1")
        if low:
            raise ValueError(f"settings of chains that cannot be: {'; '.join(low)}")


@dataclass(frozen=True, eq=False)
class Chains:
    """What chains have drawn from the posterior of one observation, and whether it can be trusted.

    Attributes:
        posterior: its points are the draws, those of the first chain first.
        r_hat: (d,) of each parameter; 1 where all chains tell the same.
        bulk_size, tail_size: (d,) independent draws that they are worth, for medians and the ends of 90 % intervals.
        divergences: draws whose trajectory left the energy that it should keep: there is a place they cannot enter.
    """

    posterior: "Draws"
    r_hat: np.ndarray
    bulk_size: np.ndarray
    tail_size: np.ndarray
    divergences: int

    @property
    def failures(self) -> tuple[str, ...]:
        """Which checks they do not pass, in words; none if all is well."""
        return tuple(self._failures())

    def _failures(self) -> Iterator[str]:
        names = [each.name for each in self.posterior.parameters]
        for name, value in zip(names, self.r_hat, strict=True):
            if not value < LARGEST_R_HAT:
                yield f"R-hat of {name} is {value:.3f}, and must be below {LARGEST_R_HAT}"
        for kind, sizes in (("bulk", self.bulk_size), ("tail", self.tail_size)):
            for name, size in zip(names, sizes, strict=True):
                if not size > SMALLEST_EFFECTIVE_SIZE:
                    worth = f"the {kind} of {name} is worth {size:.0f} independent draws"
                    yield f"{worth}, and must be worth more than {SMALLEST_EFFECTIVE_SIZE:.0f}"
        if self.divergences:
            yield f"{self.divergences} trajectories diverged, and none must"


@dataclass(frozen=True, eq=False)
class Draws(Posterior):
    """Equal weights on draws from the posterior itself: they do not tell how likely the observation was, and what needs
    that is NaN.

    Attributes:
        independent: how many independent draws they are worth.
    """

    independent: float

    @cached_property
    def effective_size(self) -> float:
        return self.independent

    @property
    def log_evidence(self) -> float:
        return np.nan

    @property
    def information(self) -> float:
        return np.nan


def chains_of(
    table: PredictionTable, observations: Sequence[Observation], settings: ChainSettings = ChainSettings()
) -> list[Chains]:
    """Chains of each observation, in their order, by the likelihood and the variances of this table.

    The first points of the table say where chains start. The same observations and settings give the same draws.

    Raises:
        ValueError: the emulator's predictions have no slopes that a chain could follow.
    """
    family = table.emulator.metadata.family
    if family in FAMILIES.names and not FAMILIES.load(family).has_gradients:
        raise ValueError(
            f'{in_a_sentence(family)} has no gradients for chains to follow; write method="table"'
        )
    found: dict[int, Chains] = {}
    for places in alike(observations):
        found |= _drawn(table, {place: observations[place] for place in places}, settings)
    return [found[place] for place in range(len(observations))]


def _drawn(
    table: PredictionTable, observations: dict[int, Observation], settings: ChainSettings
) -> dict[int, Chains]:
    """By place, of observations that are alike."""
    count = len(observations)
    size = next(size for size in _SIZES if size >= count)
    part = table.part(0)
    observed, starts, keys = [], [], []
    told = table.log_likelihoods(part, list(observations.values()), (table.variance_factor,))[:, 0]
    for (place, each), column in zip(observations.items(), told.T, strict=True):
        rough = Posterior.of(table.emulator.parameters, part.fractions, column)
        random = generator(settings.seed, "chains", "starts", place)
        one, positions = observed_from(each, rough, part.scores, settings.chains, random)
        observed.append(one)
        starts.append(positions)
        keys.append(
            jax.random.split(random_key(key_integer(settings.seed, "chains", place)), settings.chains)
        )
    lanes = [*range(count), *[count - 1] * (size - count)]
    batch = jax.tree.map(lambda *leaves: jnp.stack(leaves), *(observed[lane] for lane in lanes))
    first = jnp.stack([starts[lane] for lane in lanes])
    landscape = _landscape(table, next(iter(observations.values())))
    how = {"warmup": settings.warmup, "draws": settings.draws, "target_accept": settings.target_accept}
    with extra("fitting"):  # imported here: a posterior by a table does not need it
        import numpyro  # noqa: F401
    with counted_off():
        walked = _walked(landscape, batch, first, jnp.stack([keys[lane] for lane in lanes]), **how)
    fractions, likelihoods, diverging = jax.tree.map(np.asarray, walked)
    return {
        place: _judged(table, *each)
        for place, *each in zip(observations, fractions, likelihoods, diverging, strict=False)
    }


def _judged(
    table: PredictionTable, fractions: np.ndarray, likelihoods: np.ndarray, diverging: np.ndarray
) -> Chains:
    """Of one observation, from draws (chains, n, d)."""
    bulk, total = bulk_size(fractions), likelihoods.size
    posterior = Draws(
        parameters=tuple(table.emulator.parameters),
        fractions=fractions.reshape(total, -1),
        weights=np.full(total, 1.0 / total),
        log_likelihoods=likelihoods.reshape(total),
        independent=float(bulk.min()),
    )
    return Chains(posterior, r_hat(fractions), bulk, tail_size(fractions), int(diverging.sum()))


def _landscape(table: PredictionTable, observation: Observation) -> Landscape:
    looked_at = observation.looked_at if table.likelihood.counts_absence else observation.present
    return Landscape(
        model=table.emulator.model,
        likelihood=table.likelihood,
        variance_factor=jnp.asarray(table.variance_factor),
        present=jnp.asarray(observation.present),
        looked_at=jnp.asarray(looked_at),
        with_errors=tuple(
            (int(place), observation.outputs[place]) for place in np.flatnonzero(observation.with_errors)
        ),
    )


@eqx.filter_jit
def _walked(landscape, observed, starts, keys, **how):
    """Fractions (k, chains, draws, d), log likelihoods and whether a draw diverged (k, chains, draws)."""

    def of_observation(observed, starts, keys):
        return jax.vmap(lambda start, key: _chain(landscape, observed, start, key, **how))(starts, keys)

    return jax.vmap(of_observation)(observed, starts, keys)


def _chain(landscape, observed, start, key, warmup, draws, target_accept):
    from numpyro.infer import NUTS

    kernel = NUTS(
        potential_fn=partial(landscape.potential, observed=observed),
        dense_mass=True,
        target_accept_prob=target_accept,
        max_tree_depth=_DEEPEST_TREE,
    )

    def step(state, _):
        state = kernel.sample(state, (), {})
        likelihood = -state.potential_energy - landscape.log_prior(state.z, observed)
        return state, (landscape.fractions(state.z, observed), likelihood, state.diverging)

    first = kernel.init(key, warmup, init_params=start, model_args=(), model_kwargs={})
    # One loop for all, of which the first draws are thrown away: two would take twice as long to compile.
    drawn = jax.lax.scan(step, first, length=warmup + draws)[1]
    return jax.tree.map(lambda each: each[warmup:], drawn)
