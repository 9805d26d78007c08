"""Families in physical parameters recover laws that are exactly theirs, and refuse experiments without such laws."""

from dataclasses import replace

import numpy as np
import pytest
from emulators_samples import PARAMETERS, curved, fitted, planted

from nbody_emulator.emulators.families.physics import Physics
from nbody_emulator.own_runs import table_of
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.streams import generator

CLUSTERS = (*PARAMETERS, Parameter("stars", "1", 48.0, 256.0, "log"))
OUTPUTS = (
    Output("f_bound", "bound_fraction", 1.0, "1", "logit", 1 / 48),
    Output("r_h", "half_mass_radius", 1.0, "pc", "log", 0.0),
    Output("sigma_v", "velocity_dispersion", 1.0, "pc Myr-1", "log", 0.0),
)
SCALED = ("galactocentric_radius", "scale_radius", "stars")


def settled(points, tidal_exponent=2 / 3):
    """What virialization and the tide leave of clusters, up to constants, in physical units."""
    virial, scale = points["virial_ratio"], points["scale_radius"]
    # Energy is kept, with |W| = 1 / a, K = virial |W| / 2 and in the end 2 K = |W|.
    energy = -(1.0 - virial / 2.0) / scale
    final_radius = 1.0 / (-2.0 * energy)
    tidal_radius = points["stars"] ** (1 / 3) * points["galactocentric_radius"] ** tidal_exponent
    filling = final_radius / tidal_radius
    return {
        "r_h": 1.3 * final_radius,
        "sigma_v": 0.05 * np.sqrt(points["stars"] / final_radius),
        "f_bound": OUTPUTS[0].inverse(-1.0 - 0.8 * np.log(filling)),
    }


def drawn(parameters, runs, name):
    random = generator(19, name)
    return {each.name: each.from_unit_interval(random.random(runs)) for each in parameters}


@pytest.mark.parametrize("tidal_exponent", [2 / 3, 1.0])
def test_physics_recovers_a_clusters_scale_free_law(tidal_exponent):
    training, fresh = drawn(CLUSTERS, 40, "clusters"), drawn(CLUSTERS, 200, "fresh clusters")
    table = table_of(CLUSTERS, OUTPUTS, training, settled(training, tidal_exponent))
    emulator = fitted("physics", table, settings={"tidal_exponent": tidal_exponent})
    truth = settled(fresh, tidal_exponent)
    mean = emulator.predict(fresh).transformed_mean
    expected = np.stack([each.forward(truth[each.name]) for each in OUTPUTS], axis=1)
    # Of the fraction's slope, a ridge of 1e-6 of a training row; the clipped logit is no law where nothing is left.
    assert (truth["f_bound"] > 0.0).all() and (truth["f_bound"] < 1.0).all()
    np.testing.assert_allclose(mean, expected, atol=1e-5)
    assert np.count_nonzero(np.asarray(emulator.model.model.spread)[:, 1, 1]) == 1


def test_physics_passes_a_clusters_shape_over():
    segregation = Parameter("segregation", "1", 0.05, 1.0, "linear")
    training, fresh = drawn(CLUSTERS, 40, "clusters"), drawn(CLUSTERS, 20, "fresh clusters")
    shapes = drawn((segregation,), 40, "shapes")
    table = table_of(CLUSTERS, OUTPUTS, training, settled(training))
    shaped = table_of((*CLUSTERS, segregation), OUTPUTS, training | shapes, settled(training))
    plain, blind = (fitted("physics", each).predict for each in (table, shaped))
    for value in (0.05, 1.0):
        asked = fresh | {"segregation": np.full(20, value)}
        # The means of fits to the same runs; the order of the columns adds roundings.
        np.testing.assert_allclose(blind(asked).transformed_mean, plain(fresh).transformed_mean, rtol=1e-9)


def test_a_power_law_is_recovered_whatever_the_scale_of_its_parameters():
    parameters = tuple(replace(each, scale="linear") for each in CLUSTERS)
    outputs = OUTPUTS[1:2]

    def law(points):
        return {"r_h": 0.7 * points["stars"] ** -0.3 * points["scale_radius"] ** 1.5 / points["virial_ratio"]}

    training, fresh = drawn(parameters, 40, "powers"), drawn(parameters, 200, "fresh powers")
    table = table_of(parameters, outputs, training, law(training))
    found, line = (
        fitted(family, table, hyperparameters={"ridge": 1e-9}).predict(fresh).median[:, 0]
        for family in ("power_law", "linear")
    )
    # The ridge moves exponents by 1e-9 / 40 of themselves.
    np.testing.assert_allclose(found, law(fresh)["r_h"], rtol=1e-8)
    assert np.max(np.abs(np.log(line / law(fresh)["r_h"]))) > 0.1


def test_in_logarithmic_boxes_a_power_law_is_the_line():
    parameters = tuple(replace(each, scale="log") for each in CLUSTERS)
    points = drawn(parameters, 40, "logarithmic")
    table = table_of(parameters, OUTPUTS, points, settled(points))
    found, line = (
        fitted(family, table, hyperparameters={"ridge": 1e-9}).predict(points).transformed_mean
        for family in ("power_law", "linear")
    )
    # Both are least squares but for the ridge.
    np.testing.assert_allclose(found, line, atol=1e-7)


def changed(parameter=None, output=None):
    table = planted(curved, 20, "refused")
    if parameter:
        table = replace(table, parameters=(*table.parameters[:2], parameter))
    if output:
        table = replace(table, outputs=(output, *table.outputs[1:]))
    return table


@pytest.mark.parametrize(
    ("family", "table", "told"),
    [
        (
            "power_law",
            changed(Parameter("spin", "1", 0.0, 2.0, "linear")),
            "parameters.spin.minimum: 0 has no logarithm, and power_law needs positive parameters; raise it, or leave",
        ),
        (
            "physics",
            changed(Parameter("spin", "1", 0.1, 2.0, "linear")),
            "parameters.spin: physics has no law of it",
        ),
        (
            "physics",
            changed(Parameter("virial_ratio", "1", 0.1, 2.5, "linear")),
            "parameters.virial_ratio.maximum: at 2.5 no cluster is bound",
        ),
        (
            "physics",
            changed(output=Output("core", "age", 1.0, "Myr", "log", 0.0)),
            r"outputs.core: physics has a law .*, not of the log of age \[Myr\]; leave it out, or emulators.physics",
        ),
    ],
)
def test_what_a_family_has_no_law_of_is_refused_by_name(family, table, told):
    with pytest.raises(ValueError, match=told):
        fitted(family, table)


def test_every_statistic_has_a_law_or_none_by_its_unit_and_transform():
    def law(unit, transform):
        return Physics()._law(Output("x", "x", 1.0, unit, transform, 0.1))

    for length, speed in (("pc", "pc Myr-1"), ("AU", "AU yr-1"), ("kpc", "km s-1")):
        assert law(length, "log").exponents["scale_radius"] == 1.0
        assert law(speed, "log").exponents["scale_radius"] == -0.5
        assert law(length, "identity") is None
    assert law("1", "logit").slope is None
    assert law("1", "identity") is None and law("Myr", "log") is None
