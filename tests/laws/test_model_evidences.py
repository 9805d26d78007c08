"""Evidences of runs of several models are those of each run under each model, and of nothing that a fit has seen."""

import dataclasses

import numpy as np
import pytest
from inference_samples import COVARIANCE, OUTPUTS, PARAMETERS, TARGET, emulator, with_states

from nbody_emulator.emulators.metadata import PosteriorRecord
from nbody_emulator.identity.seen_points import fingerprints, record
from nbody_emulator.inference import Observation, PredictionTable
from nbody_emulator.inference.evidence import evidence_of
from nbody_emulator.inference.mock_runs import mock_runs
from nbody_emulator.inference.model_evidences import evidences_of_runs
from nbody_emulator.inference.odds import odds_of
from nbody_emulator.inference.prediction_table import thetas
from nbody_emulator.quantities.tables import Table

POINTS = 2**14
RUNS = 30
BROAD, BROADER = 2.5, 4.0
"""Scatters of two models; so much that the first points of a table say what the evidence is."""
EMULATORS = {"narrow": emulator(BROAD), "wide": emulator(BROADER)}


def table_of(scale: float, targets: np.ndarray | None = None) -> Table:
    """Runs of the emulator itself; or as many of these outcomes."""
    truths, mocks = mock_runs(emulator(scale), RUNS if targets is None else len(targets), 1)
    targets = np.array([each.targets for each in mocks]) if targets is None else targets
    count = len(targets)
    return Table(
        parameters=PARAMETERS,
        outputs=OUTPUTS,
        inputs=thetas(PARAMETERS, truths),
        values=targets,
        targets=targets,
        groups=np.array([f"observation/0/{point}" for point in range(count)]),
        blocks=np.zeros(count, dtype=int),
        replicates=np.zeros(count, dtype=int),
        role=np.full(count, "observation"),
        usable=np.arange(count) != 3,
        energy_error=np.zeros(count),
    )


RUNS_OF = {"narrow": table_of(BROAD), "wide": table_of(BROADER)}


@pytest.fixture(scope="module")
def found():
    return evidences_of_runs(EMULATORS, RUNS_OF, POINTS)


def test_the_evidence_of_an_outcome_is_that_of_the_closed_form():
    one = {"only": table_of(1.0, np.array([TARGET]))}
    value = evidences_of_runs({"only": emulator()}, one, 2**16)
    log_evidence = with_states(TARGET)[2] - TARGET[1]  # in pc, not in its logarithm
    error = float(value["log_evidence_error"][0, 0])
    assert error < 0.05
    assert abs(float(value["log_evidence"][0, 0]) - log_evidence) < 3.3 * error
    assert np.linalg.slogdet(COVARIANCE)[0] == 1.0


def test_each_run_is_asked_of_each_model(found):
    for place in (0, 17, RUNS + 2):
        model, run = divmod(place, RUNS)
        targets = list(RUNS_OF.values())[model].targets[run]
        for column, asked in enumerate(EMULATORS.values()):
            expected = evidence_of(PredictionTable.of(asked, POINTS), Observation.of_run(OUTPUTS, targets))
            value, error = (
                float(found[name][place, column]) for name in ("log_evidence", "log_evidence_error")
            )
            assert abs(value - expected.log_value) < 3.3 * np.hypot(error, expected.standard_error)


def test_unusable_runs_stay_as_rows_without_numbers(found):
    assert found.sizes["run"] == 2 * RUNS
    lost = np.flatnonzero(found["usable"].values == 0)
    assert lost.tolist() == [3, RUNS + 3]
    assert np.isnan(found["log_evidence"].values[lost]).all()
    assert np.isfinite(np.delete(found["log_evidence"].values, lost, axis=0)).all()


def test_models_in_another_order_permute_rows_and_columns(found):
    turned = evidences_of_runs(dict(reversed(EMULATORS.items())), dict(reversed(RUNS_OF.items())), POINTS)
    assert turned["model"].values.tolist() == ["wide", "narrow"]
    rows = np.roll(np.arange(2 * RUNS), RUNS)
    assert turned["true_model"].values.tolist() == found["true_model"].values[rows].tolist()
    # Other observations stand beside each in what is compiled: rounding alone.
    np.testing.assert_allclose(
        turned["log_evidence"].values, found["log_evidence"].values[rows][:, ::-1], rtol=0, atol=1e-8
    )


def test_runs_are_likelier_under_their_own_model(found):
    gain = found["log_evidence"].sel(model="narrow") - found["log_evidence"].sel(model="wide")
    by_truth = gain.groupby(found["true_model"]).mean()
    assert by_truth.sel(true_model="narrow") > 0 > by_truth.sel(true_model="wide")


def test_a_wider_emulator_has_the_evidence_of_its_factor():
    """The factor that the calibration runs have set stands in the emulator, and counts."""
    widened = dataclasses.replace(
        EMULATORS["narrow"],
        metadata=dataclasses.replace(
            EMULATORS["narrow"].metadata, posteriors=posterior_record(BROADER**2 / BROAD**2)
        ),
    )
    one = {"narrow": RUNS_OF["narrow"]}
    mine, wide = (evidences_of_runs({"narrow": each}, one, POINTS) for each in (widened, EMULATORS["wide"]))
    np.testing.assert_allclose(mine["log_evidence"], wide["log_evidence"], rtol=0, atol=1e-8)


def posterior_record(factor: float):
    return PosteriorRecord(factor, 0.1, 100, 100, ((0.9, 0.9),))


def test_runs_that_any_fit_has_seen_are_refused():
    runs = RUNS_OF["wide"]
    marks = fingerprints(runs.groups[5:6], runs.inputs[5:6])
    seen = record(marks, dict.fromkeys(("scaler", "tuning", "model"), marks))
    taught = dataclasses.replace(
        EMULATORS["narrow"], metadata=dataclasses.replace(EMULATORS["narrow"].metadata, seen=seen)
    )
    with pytest.raises(ValueError, match="that of narrow saw observation/0/5"):
        evidences_of_runs(EMULATORS | {"narrow": taught}, RUNS_OF, POINTS)


@pytest.mark.parametrize("role", ["sealed", "calibration"])
def test_runs_of_another_role_are_refused(role):
    roles = np.where(np.arange(RUNS) == 7, role, "observation")
    other = dataclasses.replace(RUNS_OF["wide"], role=roles)
    with pytest.raises(ValueError, match=f"not on the {role} run observation/0/7 of wide"):
        evidences_of_runs(EMULATORS, RUNS_OF | {"wide": other}, POINTS)


def test_emulators_of_other_outputs_are_refused():
    finer = (dataclasses.replace(OUTPUTS[0], resolution=0.5), *OUTPUTS[1:])
    other = dataclasses.replace(EMULATORS["wide"], outputs=finer)
    with pytest.raises(ValueError, match="the emulator of wide has other parameters or outputs"):
        evidences_of_runs(EMULATORS | {"wide": other}, RUNS_OF, POINTS)
    observation = Observation.of_run(OUTPUTS, TARGET)
    with pytest.raises(ValueError, match="the emulator of wide has other outputs"):
        odds_of(EMULATORS | {"wide": other}, observation)


def test_odds_of_one_observation_are_its_evidences():
    observation = Observation.of_run(OUTPUTS, TARGET)
    odds = odds_of(EMULATORS, observation, POINTS)
    values = [odds.evidences[name].log_value for name in EMULATORS]
    share = 1.0 / (1.0 + np.exp(values[1] - values[0]))
    assert odds.probabilities == pytest.approx({"narrow": share, "wide": 1.0 - share})
    assert str(odds).splitlines()[0] == f"narrow: {share:.3f} (ln evidence {values[0]:.2f})"
