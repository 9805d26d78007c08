"""The same training runs give the same file, nothing else reaches it, and it answers as its maker did."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from emulators_samples import OUTPUTS, PARAMETERS, QUICK, curved, planted, points_of, specification

from nbody_emulator import emulators
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.models import covariance
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.storage import FORMAT

HELD_OUT = 2


def experiment():
    """Three blocks of 16 runs, some outputs missing."""
    table = planted(curved, 48, "files", blocks=3)
    targets = table.targets.copy()
    targets[[1, 5, 20, 40], 1] = np.nan
    targets[7] = np.nan
    return dataclasses.replace(table, targets=targets)


def fit(family, table):
    training = table.select(table.blocks != HELD_OUT)
    return emulators.fit(training, specification(family, settings=QUICK.get(family, {})))[0]


def changed(table, rows, targets):
    targets = np.where(rows[:, None], targets, table.targets)
    return dataclasses.replace(table, targets=targets, values=np.exp(targets))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Family -> (emulator, the file it was saved to), fitted once."""
    folder = tmp_path_factory.mktemp("emulators")
    made = {}
    for family in FAMILIES.names:
        emulator = fit(family, experiment())
        emulator.save(folder / f"{family}.eqx")
        made[family] = emulator, folder / f"{family}.eqx"
    return made


@pytest.mark.parametrize("family", FAMILIES.names)
def test_neither_held_out_targets_nor_the_order_of_rows_reach_the_file(family, files, tmp_path):
    table = experiment()
    held_out = table.blocks == HELD_OUT
    poisoned = changed(table, held_out, 1e2 - np.roll(table.targets, 3, axis=0))
    shuffled = poisoned.select(np.random.default_rng(0).permutation(len(poisoned)))
    fit(family, shuffled).save(tmp_path / "again.eqx")
    assert (tmp_path / "again.eqx").read_bytes() == files[family][1].read_bytes()


@pytest.mark.parametrize("family", FAMILIES.names)
def test_one_training_target_does_reach_the_file(family, files, tmp_path):
    table = experiment()
    fit(family, changed(table, np.arange(48) == 3, table.targets + 0.1)).save(tmp_path / "other.eqx")
    assert (tmp_path / "other.eqx").read_bytes() != files[family][1].read_bytes()


@pytest.mark.parametrize("family", FAMILIES.names)
def test_a_loaded_emulator_is_the_saved_one_bit_for_bit(family, files, tmp_path):
    emulator, path = files[family]
    loaded = emulators.Emulator.load(path)
    loaded.save(tmp_path / "copy.eqx")
    assert (tmp_path / "copy.eqx").read_bytes() == path.read_bytes()
    fresh = points_of(planted(curved, 20, "fresh"))
    for name in ("mean", "std", "median", "transformed_epistemic_variance", "existence", "probability"):
        said, repeated = getattr(emulator.predict(fresh), name), getattr(loaded.predict(fresh), name)
        assert np.isfinite(said).all()
        np.testing.assert_array_equal(said, repeated)
    assert loaded.metadata == emulator.metadata
    assert (loaded.parameters, loaded.outputs) == (PARAMETERS, OUTPUTS)


@pytest.mark.parametrize("family", FAMILIES.names)
def test_the_first_line_explains_the_file(family, files):
    header = json.loads(files[family][1].read_bytes().split(b"\n", 1)[0])
    assert header["metadata"]["family"] == family
    assert header["metadata"]["training_runs"] == 31  # 32 runs of two blocks, one without any output
    assert len(header["metadata"]["seen"]["points"]) == 32  # which was given to the model all the same
    assert [each["name"] for each in header["parameters"]] == [each.name for each in PARAMETERS]


def test_using_emulators_needs_no_library_for_fitting(files):
    code = f"""
import sys
from pathlib import Path
from nbody_emulator.emulators import Emulator
for path in {[str(path) for _, path in files.values()]!r}:
    middle = dict(galactocentric_radius=3.0, scale_radius=1.0, virial_ratio=[0.9, 1.1])
    assert (Emulator.load(path).predict(middle).interval(0.9)[0] > 0).all()
print(sorted({{"flowjax", "numpyro", "optax", "sklearn", "threadpoolctl", "xarray"}} & set(sys.modules)))
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_saved_process_keeps_its_kernel_when_another_is_put_before_it(files, monkeypatch):
    emulator, path = files["gaussian_process"]
    points = points_of(experiment())
    before = emulator.predict(points)
    for name in ("KERNELS", "MEANS"):
        register = getattr(covariance, name)
        another = list(register.values())[-1]
        monkeypatch.setattr(covariance, name, {"another": another, **register})
    jax.clear_caches()  # what was compiled knows the old order
    after = Emulator.load(path).predict(points)
    np.testing.assert_allclose(after.transformed_mean, before.transformed_mean, rtol=1e-12)
    np.testing.assert_allclose(after.transformed_variance, before.transformed_variance, rtol=1e-12)


def test_a_process_with_an_unknown_kernel_is_refused_by_name(files, monkeypatch):
    monkeypatch.setattr(covariance, "KERNELS", {"another": next(iter(covariance.KERNELS.values()))})
    with pytest.raises(ValueError, match="no kernel is called"):
        Emulator.load(files["gaussian_process"][1])


STORED = Path(__file__).resolve().parents[1] / "stored"


@pytest.mark.parametrize("path", sorted(STORED.glob("*.eqx")), ids=lambda path: path.stem)
def test_a_stored_file_of_each_format_answers_as_it_did(path):
    family, number = path.stem.split("-format-")
    told = json.loads((STORED / f"answers-format-{number}.json").read_text())
    prediction = Emulator.load(path).predict(told["points"])
    for name, expected in told["answers"][family].items():
        # Another processor may sum in another order.
        np.testing.assert_allclose(getattr(prediction, name), expected, rtol=1e-9, atol=1e-12)


def test_there_is_a_stored_file_of_every_family_in_the_present_format():
    assert {path.stem for path in STORED.glob(f"*-format-{FORMAT}.eqx")} == {
        f"{family}-format-{FORMAT}" for family in FAMILIES.names
    }
