"""The flow that was trained is flowjax's, and what is answered is that flow."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from emulators_samples import respond, training_set
from scipy.stats import norm

from nbody_emulator.emulators.models.flow_chain import mixture_of, unsplined
from nbody_emulator.emulators.models.flow_head import FlowHead
from nbody_emulator.emulators.models.flow_numbers import numbers_of, read_numbers
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.random_keys import random_key
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.streams import generator

KNOTS, INPUTS, OUTPUTS = 5, 3, 4
HEAD = FlowHead(INPUTS, OUTPUTS, KNOTS)
SCORES = np.linspace(-6.0, 6.0, 241)


def numbers(name, size):
    """Of a flow that is far from the identity the more, the larger the size."""
    return jnp.asarray(size * generator(7, "flow", name).normal(size=numbers_of(KNOTS)))


@pytest.mark.parametrize("name", range(5))
def test_a_spline_goes_back_the_way_it_came(name):
    of_one = numbers(name, 1.0)
    read = read_numbers(of_one)
    values = read.mean + read.deviation * unsplined(read, jnp.asarray(SCORES))
    scores = jax.vmap(HEAD.bijection(of_one).transform)(values)
    # A slope may be as small as a thousandth, by which rounding is divided.
    np.testing.assert_allclose(scores, SCORES, atol=1e-9)


def test_a_flow_that_does_nothing_is_a_standard_normal_far_out_too():
    mixture = mixture_of(read_numbers(jnp.zeros(numbers_of(KNOTS))))
    np.testing.assert_allclose(mixture.mean, 0.0, atol=1e-12)
    # A thousandth of it has nine times the variance.
    np.testing.assert_allclose(mixture.variance, 1.008, rtol=1e-3)
    near, far = np.linspace(-3.0, 3.0, 61), np.array([-12.0, 9.0])
    np.testing.assert_allclose(jax.vmap(mixture.log_prob)(near), norm.logpdf(near), atol=0.02)
    np.testing.assert_allclose(
        jax.vmap(mixture.log_prob)(far), norm.logpdf(far, scale=3.0) - np.log(1e3), rtol=1e-9
    )


@pytest.mark.parametrize("name", range(5))
def test_the_answer_is_the_flow(name):
    of_one = numbers(name, 0.3)
    bijection, mixture = HEAD.bijection(of_one), mixture_of(read_numbers(of_one))
    normals = generator(7, "draws", name).normal(size=4000)
    values = jax.vmap(bijection.inverse)(jnp.asarray(normals))
    scores, slopes = jax.vmap(bijection.transform_and_log_det)(values)
    flow = norm.logpdf(scores) + np.asarray(slopes)
    # The divergence between the two, in nats a run and output.
    assert np.mean(flow - jax.vmap(mixture.log_prob)(values)) < 0.005


def test_an_output_depends_on_those_before_it_alone():
    network = HEAD.draw(INPUTS, jnp.ones(16), 2, random_key(3))
    inputs, targets = jnp.ones(INPUTS), jnp.linspace(-1.0, 1.0, OUTPUTS)
    slopes = jax.jacobian(lambda given: HEAD.numbers(network, inputs, given, jnp.ones(16)))(targets)
    reached = np.any(np.asarray(slopes) != 0.0, axis=1)
    np.testing.assert_array_equal(reached, np.tri(OUTPUTS, k=-1, dtype=bool))


def test_the_joint_density_of_a_fitted_flow_is_its_own():
    random = generator(7, "flow", "runs")
    inputs = random.uniform(-1.7, 1.7, (240, INPUTS))
    skewed = np.expm1(0.5 * random.normal(size=(240, 2)))
    # Of the second output there are more values: it comes first.
    targets = np.sin(inputs[:, :2]) + np.stack([skewed.sum(axis=1), skewed[:, 1]], axis=1)
    fitted_to = np.where((np.arange(240) % 5 == 0)[:, None] & [True, False], np.nan, targets)
    family = FAMILIES.load("flow")(members=1, epochs=200, width=32, weight_decay=0.2)
    model, _ = family.fit(training_set(inputs, fitted_to), 5)
    np.testing.assert_array_equal(model.order, [1, 0])
    member = jax.tree.map(lambda leaf: leaf[0], model.members)
    head = FlowHead(INPUTS, 2, family.knots)

    def flow(inputs, targets):
        said = head.numbers(member, inputs, targets[::-1], jnp.ones(32))
        return -head.losses(said, targets[::-1], jnp.ones(2))[0]

    told = each_point(lambda model, y: model.log_prob(y), (240,), respond(model, inputs), targets)
    own = np.asarray(jax.vmap(flow)(jnp.asarray(inputs), jnp.asarray(targets)))
    # Kernels smooth what the flow says of the runs that it was fitted to.
    assert abs(np.mean(told - own.sum(axis=1))) < 0.03
    first = each_point(
        lambda model, y: model.log_prob(y), (240,), respond(model, inputs), targets * [np.nan, 1.0]
    )
    assert abs(np.mean(first - own[:, 0])) < 0.015
