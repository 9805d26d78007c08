"""Emulators that come with the package: found by name, what is published, and shown on a card."""

import hashlib
import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nbody_emulator import Emulator
from nbody_emulator.emulators import shipped
from nbody_emulator.emulators.applicability import Applicability
from nbody_emulator.emulators.scores import Scores
from nbody_emulator.emulators.shipping import as_fitted
from nbody_emulator.shipped_files import FOLDER, manifest_in
from nbody_emulator.store.shipped import EXPERIMENTS, LARGEST, PACKAGE, shipped_of

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    (experiment, family)
    for experiment in EXPERIMENTS
    for family in manifest_in(ROOT / PACKAGE / FOLDER / experiment)["files"]
]


def test_every_experiment_that_ships_has_its_line_and_its_networks():
    assert set(EXPERIMENTS) == {name for name in shipped.names() if "/" not in name}
    for experiment in EXPERIMENTS:
        assert {f"{experiment}/linear", f"{experiment}/network"} <= set(shipped.names())


@pytest.mark.parametrize(("experiment", "family"), NAMES)
def test_what_is_shipped_is_what_is_published(experiment, family):
    folder = ROOT / PACKAGE / FOLDER / experiment
    entry = manifest_in(folder)["files"][family]
    content = (folder / f"{family}.eqx").read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    emulator = Emulator.load(f"{experiment}/{family}")
    assert emulator.content == content
    # Without scores and distances it is the experiment's own file, to the last bit.
    fitted = as_fitted(emulator).content
    assert hashlib.sha256(fitted).hexdigest() == entry["made_from"]
    assert len(fitted) <= LARGEST
    if emulator.metadata.posteriors is None:  # else a later result holds the fit and what was found of it
        assert emulator.metadata.identity == entry["identity"]
    published = ROOT / "results/published" / experiment
    metrics = json.loads((published / "metrics.json").read_text())
    evaluation = json.loads((published / "evaluation/evaluation.json").read_text())
    assert emulator.scores == Scores.kept(Scores.published(metrics, evaluation, family).told)
    assert emulator.metadata.family == family


def test_the_name_of_an_experiment_is_what_it_recommends_or_the_best_that_is_small():
    assert Emulator.load("laptop").metadata.family == "polynomial"
    metrics = json.loads((ROOT / "results/published/full/metrics.json").read_text())
    assert metrics["recommended"]["family"] == "gaussian_process"  # 64 MB
    loaded = Emulator.load("full").metadata.family
    small = {family for experiment, family in NAMES if experiment == "full"}
    assert min(small, key=lambda family: metrics["primary"][family]["value"]) == loaded


def test_an_unknown_name_is_told_with_those_that_there_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ValueError, match=r"no emulator is called 'labtop'; there are full, .*laptop/network, "
    ):
        Emulator.load("labtop")


def test_a_file_is_never_passed_over_for_a_name_nor_a_name_for_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("laptop").mkdir()
    assert Emulator.load("laptop").metadata.family == "polynomial"  # a folder is no emulator
    Emulator.load("laptop/linear").save("laptop/network")
    with pytest.raises(
        ValueError, match=r"'laptop/network' is an emulator of this package and a file here, too; write"
    ):
        Emulator.load("laptop/network")
    for path in ("./laptop/network", Path("laptop/network"), str(tmp_path / "laptop/network")):
        assert Emulator.load(path).metadata.family == "linear"
    Emulator.load("laptop/linear").save("mine")
    assert Emulator.load("mine").metadata.family == "linear"
    with pytest.raises(FileNotFoundError):
        Emulator.load("laptop.eqx")


def test_a_shipped_emulator_can_be_saved_and_pickled_whole(tmp_path):
    emulator = Emulator.load("laptop")
    emulator.save(tmp_path / "copy.eqx")
    assert Emulator.load(tmp_path / "copy.eqx").content == emulator.content
    assert pickle.loads(pickle.dumps(emulator)).content == emulator.content


def test_the_card_says_what_it_is_of_and_how_good_it_was():
    emulator = Emulator.load("laptop")
    text = str(emulator)
    for words in (
        "stars 128",
        "profile plummer",
        "kroupa",
        "flat_curve",
        "50 Myr",
        "pc Myr-1",
        "logit",
        "MIT",
    ):
        assert words in text
    assert emulator.metadata.identity in text
    for scored in (emulator.scores.out_of_fold, emulator.scores.sealed):
        assert f"{scored.joint_nll.value:.3f} ± {scored.joint_nll.standard_error:.3f}" in text
        assert all(f"{value:.3f}" in text for values in scored.outputs.values() for value in values)
    assert emulator.scores.sentence in text


def test_the_card_of_a_file_that_was_not_shipped_says_what_the_file_knows():
    text = str(as_fitted(Emulator.load("laptop/network")))
    assert "stars 128" in text
    assert "scores" not in text
    assert "licence" not in text
    assert "applicability" not in text


def test_what_a_file_says_cannot_become_part_of_a_page():
    emulator, evil = Emulator.load("laptop"), '<script>alert("1")</script>&'
    outputs = (replace(emulator.outputs[0], name=evil, unit=evil, statistic=evil), *emulator.outputs[1:])
    metadata = replace(emulator.metadata, description=evil, family=evil, calibrator=evil, identity=evil)
    scores = replace(emulator.scores, experiment=evil, sentence=evil)
    shown = replace(emulator, outputs=outputs, metadata=metadata, scores=scores)._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;" in shown


DAMAGES = {"scores": {"experiment": "x"}, "applicability": {"threshold": "far"}}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_whose_additions_are_none_is_told(tmp_path, damage, monkeypatch):
    emulator = Emulator.load("laptop/linear")
    monkeypatch.setattr({"scores": Scores, "applicability": Applicability}[damage], "told", DAMAGES[damage])
    emulator.save(tmp_path / "mine.eqx")
    monkeypatch.undo()
    with pytest.raises(ValueError, match=r"mine\.eqx is truncated or damaged"):
        Emulator.load(tmp_path / "mine.eqx")


def test_the_share_of_calibration_points_that_is_called_too_far_is_the_one_asked_for():
    emulator, random = Emulator.load("laptop/network"), np.random.default_rng(4)

    def drawn(count):
        return np.stack(
            [each.from_unit_interval(random.random(count)) for each in emulator.parameters], axis=1
        )

    found = Applicability.of(emulator, drawn(300), calibration := drawn(99), false_alarms=0.1)
    asked = {each.name: calibration[:, place] for place, each in enumerate(emulator.parameters)}
    score = emulator.with_applicability(found).predict(asked).applicability
    # The ninetieth of 99 is the threshold itself.
    assert (score > 1.0).sum() == 9
    new = {each.name: column for each, column in zip(emulator.parameters, drawn(4000).T, strict=True)}
    # Given the threshold the share is a beta variable of mean 0.1 and deviation 0.03.
    assert (emulator.with_applicability(found).predict(new).applicability > 1.0).mean() == pytest.approx(
        0.1, abs=0.12
    )
    with pytest.raises(
        ValueError, match=r"false_alarms must lie between 0\.01 and 1 with 99 calibration points"
    ):
        Applicability.of(emulator, drawn(50), calibration, false_alarms=0.0)


def test_a_point_far_from_all_training_runs_is_flagged():
    emulator = Emulator.load("laptop")
    inside = {each.name: each.from_unit_interval(0.5) for each in emulator.parameters}
    far = inside | {"virial_ratio": 3.0}
    assert emulator.predict(inside).applicability < 1.0
    assert emulator.predict(far, outside="widen").applicability > 1.0
    bare = as_fitted(emulator).predict(inside)
    with pytest.raises(
        ValueError, match=r"knows no distances .* emulator\.with_applicability\(Applicability\.of"
    ):
        _ = bare.applicability


def test_distances_are_those_to_the_nearest_runs_by_hand():
    random = np.random.default_rng(1)
    design, steepness = random.random((40, 2)).astype(np.float32), np.array([3.0, 0.5])
    found = Applicability(design, steepness, 0.5, 0.05, 10)
    point = np.array([0.2, 0.9])
    lengths = sorted(np.hypot(3.0 * (point[0] - x), 0.5 * (point[1] - y)) for x, y in design.astype(float))
    assert found.distance(point) == pytest.approx(np.mean(lengths[:5]), rel=1e-6)
    assert found.score(np.stack([point, point])) == pytest.approx(2 * found.distance(point), rel=1e-12)


def test_shipping_again_gives_the_same_bytes_and_leaves_nothing_old(tmp_path):
    results, folder = tmp_path / "results", tmp_path / "shipped"
    (results / "emulators").mkdir(parents=True)
    folder.mkdir()
    (folder / "old.eqx").write_bytes(b"")
    sizes = {"linear": 10, "network": 20, "forest": LARGEST + 1, "mean": 5}
    for family, size in sizes.items():
        (results / f"emulators/{family}.eqx").write_bytes(b"0" * size)
    made = {f"emulators/{family}.eqx": {"identity": family, "sha256": "0"} for family in sizes}
    (results / "export-000000000000.json").write_text(json.dumps(made))
    published = tmp_path / "published"
    (published / "evaluation").mkdir(parents=True)
    metrics = {
        "primary": {
            family: {"value": value} for family, value in zip(sizes, (0.7, 0.6, 0.5, 1.3), strict=True)
        },
        "recommended": {"family": "forest"},
    }
    (published / "metrics.json").write_text(json.dumps(metrics))
    (published / "evaluation/evaluation.json").write_text("{}")
    assert shipped_of(results, published, folder, lambda path, *_: path.read_bytes()) == 2
    assert sorted(path.name for path in folder.iterdir()) == ["linear.eqx", "manifest.json", "network.eqx"]
    assert manifest_in(folder)["default"] == "network"  # the recommended one is too large
