"""The Gaussian process's likelihood with its gradient, and whole fits by it: ours against tinygp's, on one core.

    python benchmarks/process_likelihood.py [runs ...]

Two rivals, both differentiated by JAX: tinygp's `GaussianProcess` with a kernel of its own, compiled for each kernel,
prior mean and number of runs; and the same class given our matrix, which has the kernel and the missing runs in it.
All take turns, the CPU seconds of the best repeat; values and gradients agree. About five minutes.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import sys
from functools import cache, partial
from unittest.mock import patch

import jax
import jax.numpy as jnp
import numpy as np
from stopwatch import cpu_seconds, keep_to_one_core, publish
from tinygp import GaussianProcess, kernels, transforms

from nbody_emulator import emulators
from nbody_emulator.emulators.models import marginal_likelihood
from nbody_emulator.emulators.models.covariance import KERNELS, MEANS, KernelAndMean
from nbody_emulator.emulators.one_thread import one_thread
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.quantities.tables import Table

RUNS = (80, 320, 640)
"""A block, half and all of the training runs of `config/laptop.yaml`."""
INPUTS, OUTPUTS = 3, 4
PAIRS_A_REPEAT = 4e6
REPEATS, FITS = 8, 3
AGREE = 1e-9

EUCLIDEAN = kernels.distance.L2Distance()
THEIR_KERNELS = {
    "matern52": kernels.Matern52(distance=EUCLIDEAN),
    "matern32": kernels.Matern32(distance=EUCLIDEAN),
    "squared_exponential": kernels.ExpSquared(distance=EUCLIDEAN),
}
THEIR_MEANS = {
    "linear": kernels.Constant(1.0) + kernels.DotProduct(),
    "constant": kernels.Constant(1.0),
}
FORMS = [(kernel, mean) for kernel in KERNELS for mean in MEANS]


def by_tinygp(functions, inputs, targets):
    """`marginal_likelihood.negative_log_posterior`, matrix and likelihood by tinygp; no rows are added."""
    loss = _compiled_for(list(THEIR_KERNELS)[int(functions.kernel)], list(THEIR_MEANS)[int(functions.mean)])
    return _as_numbers(partial(loss, inputs=jnp.asarray(inputs), targets=jnp.asarray(targets)))


@cache
def _compiled_for(kernel, mean):
    def loss(values, inputs, targets):
        ours = marginal_likelihood._covariance(values)
        scaled = transforms.Linear(jnp.exp(-ours.log_length), THEIR_KERNELS[kernel])
        covariance = jnp.exp(ours.log_variance) * scaled + THEIR_MEANS[mean]
        process = GaussianProcess(covariance, inputs, diag=ours.noise(inputs))
        return _negative(process, targets) + _prior(values)

    return jax.jit(jax.value_and_grad(loss))


def of_our_matrix(functions, inputs, targets):
    """`marginal_likelihood.negative_log_posterior`, our matrix and tinygp's likelihood."""
    return _as_numbers(partial(_of_our_matrix, functions, *marginal_likelihood._padded(inputs, targets)))


@jax.jit
@partial(jax.value_and_grad, argnums=4)
def _of_our_matrix(functions, inputs, targets, present, values):
    covariance = marginal_likelihood._covariance(values)
    matrix = marginal_likelihood._masked_matrix(covariance, functions, inputs, present)
    nothing = kernels.Constant(0.0)
    process = GaussianProcess(nothing, inputs, diag=jnp.zeros(len(inputs)), covariance_value=matrix)
    return _negative(process, targets) + _prior(values)


def _as_numbers(loss):
    """`loss` as L-BFGS wants it."""

    def objective(values):
        value, slope = loss(values)
        return float(value), np.asarray(slope)

    return objective


def _negative(process, targets):
    """tinygp's negative log likelihood without the constant that ours leaves out."""
    return -process.log_probability(targets) - 0.5 * len(targets) * np.log(2.0 * np.pi)


def _prior(values):
    centers, spreads = (
        marginal_likelihood._vector(each, INPUTS)
        for each in (marginal_likelihood.PRIOR_CENTER, marginal_likelihood.PRIOR_SPREAD)
    )
    return 0.5 * jnp.sum(((values - centers) / spreads) ** 2)


POSTERIORS = {
    "ours": marginal_likelihood.negative_log_posterior,
    "tinygp's": by_tinygp,
    "tinygp's, of our matrix": of_our_matrix,
}


def main() -> None:
    keep_to_one_core()
    sizes = [int(word) for word in sys.argv[1:]] or RUNS
    with one_thread():
        publish("process_likelihood", [row for runs in sizes for row in likelihood_rows(runs)])
    publish("process_fits", fit_rows(max(sizes)))


def likelihood_rows(runs: int) -> list[dict[str, object]]:
    """One row for each way to the value and the gradient of `runs` runs."""
    table = training_runs(runs)
    values = marginal_likelihood._vector(marginal_likelihood.START, INPUTS)

    def calls(posterior):
        made = [
            posterior(KernelAndMean.named(*names), np.log(table.inputs), table.targets[:, 0])
            for names in FORMS
        ]
        return [partial(each, values) for each in made]

    ways = {name: calls(posterior) for name, posterior in POSTERIORS.items()}
    firsts = {name: sum(map(cpu_seconds, each)) for name, each in ways.items()}
    for same in zip(*ways.values(), strict=True):
        agree(*(call() for call in same))
    many = max(1, int(PAIRS_A_REPEAT / runs**2))
    repeats = [[_seconds(each[0], many) for each in ways.values()] for _ in range(REPEATS)]
    seconds = np.min(repeats, axis=0)
    return [
        {
            "runs": runs,
            "likelihood": name,
            "value and gradient [CPU ms]": float(1e3 * took),
            "over ours": float(took / seconds[0]),
            "first calls of all six forms [CPU s]": firsts[name],
        }
        for name, took in zip(ways, seconds, strict=True)
    ]


def _seconds(call, many: int) -> float:
    """CPU seconds of a call, of so many in a row: one alone is too short for the clock."""

    def calls():
        for _ in range(many):
            call()

    return cpu_seconds(calls) / many


def agree(ours, *others) -> None:
    """Values and gradients are the same, whoever worked them out."""
    for other in others:
        for mine, theirs in zip(ours, other, strict=True):
            np.testing.assert_allclose(theirs, mine, rtol=0.0, atol=AGREE * np.max(np.abs(mine)))


def fit_rows(runs: int) -> list[dict[str, object]]:
    """One row for each likelihood: a fit, its candidates and inner folds included, by it."""
    table = training_runs(runs)
    fits = {name: partial(fit, posterior, table) for name, posterior in POSTERIORS.items()}
    anew, again = zip(*(_turn(fits) for _ in range(FITS)), strict=True)
    anew, again = np.min(anew, axis=0), np.min(again, axis=0)
    found = {name: answers(run(), table) for name, run in fits.items()}
    return [
        {
            "likelihood": name,
            "a fit, compilation included [CPU s]": float(anew[place]),
            "over ours": float(anew[place] / anew[0]),
            "a fit, compiled before [CPU s]": float(again[place]),
            "over ours, compiled before": float(again[place] / again[0]),
            "largest relative change of an answer": float(np.max(np.abs(found[name] / found["ours"] - 1.0))),
        }
        for place, name in enumerate(fits)
    ]


def _turn(fits) -> tuple[list[float], list[float]]:
    """CPU seconds of each of these, with everything to be compiled, and with nothing."""
    anew, again = [], []
    for run in fits.values():
        jax.clear_caches()
        _compiled_for.cache_clear()
        anew.append(cpu_seconds(run))
        again.append(cpu_seconds(run))
    return anew, again


def fit(posterior, table: Table) -> "emulators.Emulator":
    """The emulator of `table` by this likelihood, tuned as in `config/laptop.yaml`."""
    tuning = {"candidates": len(FORMS), "folds": 3}
    how = {"family": "gaussian_process", "settings": {}, "tuning": tuning, "seed": 3, "stream": ["fit"]}
    with patch.object(marginal_likelihood, "negative_log_posterior", posterior):
        return emulators.fit(table, how)[0]


def answers(emulator: "emulators.Emulator", table: Table) -> np.ndarray:
    """Means and variances at the inputs of `table`, in a row."""
    points = {each.name: table.inputs[:, place] for place, each in enumerate(table.parameters)}
    prediction = emulator.predict(points)
    return np.concatenate([prediction.transformed_mean, prediction.transformed_variance], axis=None)


def training_runs(runs: int) -> Table:
    """Runs of a smooth function of three parameters with Gaussian noise, as many outputs as `config/laptop.yaml`."""
    random = np.random.default_rng(runs)
    axes = random.uniform(-1.0, 1.0, (runs, INPUTS))
    waves = np.sin(2.0 * axes @ random.standard_normal((INPUTS, OUTPUTS))) + axes[:, :1]
    targets = waves + 0.3 * random.standard_normal(waves.shape)
    return Table(
        parameters=tuple(
            Parameter(f"parameter_{i}", "1", np.exp(-1.0), np.exp(1.0), "log") for i in range(INPUTS)
        ),
        outputs=tuple(Output(f"output_{i}", "statistic", 1.0, "1", "identity", 0.0) for i in range(OUTPUTS)),
        inputs=np.exp(axes),
        values=targets,
        targets=targets,
        groups=np.array([f"train/0/{run}" for run in range(runs)]),
        blocks=np.zeros(runs, dtype=int),
        replicates=np.zeros(runs, dtype=int),
        role=np.full(runs, "training"),
        usable=np.ones(runs, dtype=bool),
        energy_error=np.zeros(runs),
    )


if __name__ == "__main__":
    main()
