"""A plan is a graph known by its ends: all that they need is in it, once, and after what it needs itself."""

import dataclasses
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from nbody_emulator.configuration.file import load
from nbody_emulator.identity.code import CodeBase
from nbody_emulator.identity.versions import read_pins
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.from_configuration import LOCK
from nbody_emulator.plan.plan import Plan
from nbody_emulator.plan.planner import Planner
from nbody_emulator.plan.stages import (
    CALLS,
    EVIDENCES,
    FATES,
    FITS,
    IMPORTS,
    POSTERIORS,
    SIMULATIONS,
    STAGES,
    STARS,
    SUMMARIES,
    VIEWS,
)

ROOT = Path(__file__).parents[2]
EXPERIMENT = load(ROOT / "config/test.yaml")
OF_OTHERS = {CALLS, IMPORTS}
"""Stages of runs that are of another simulator."""

OF_STARS = {VIEWS, STARS, FATES}
"""Stages of what is asked of the stars."""

KING = {"profile": "king", "king_depth": 6.0}


@pytest.fixture(scope="module")
def maker() -> ArtifactMaker:
    return ArtifactMaker(CodeBase(ROOT / "src", ROOT / "workflow/scripts"), read_pins(ROOT / LOCK))


@pytest.fixture(scope="module")
def plan(maker) -> Plan:
    return Planner(EXPERIMENT, maker).plan()


@pytest.fixture(scope="module")
def compared(maker) -> Plan:
    """The same with another profile to tell its clusters from."""
    return Planner(EXPERIMENT.changed(alternatives={"king": KING}), maker).plan()


def test_everything_is_there_once_and_after_what_it_needs(plan):
    folders = [artifact.folder for artifact in plan.artifacts]
    assert len(set(folders)) == len(folders)
    place = {folder: number for number, folder in enumerate(folders)}
    for artifact in plan.artifacts:
        for item in chain.from_iterable(artifact.inputs.values()):
            assert place[item.folder] < place[artifact.folder]


def test_every_stage_and_every_block_is_reached_from_the_targets(plan, compared):
    assert {artifact.stage for artifact in plan.artifacts} == set(STAGES) - {EVIDENCES, *OF_STARS, *OF_OTHERS}
    assert {artifact.stage for artifact in compared.artifacts} == set(STAGES) - OF_STARS - OF_OTHERS
    reached = {artifact.folder for artifact in plan.artifacts}
    assert {block.summary.folder for block in (*plan.blocks, *plan.half_step)} <= reached
    reached = {artifact.folder for artifact in compared.artifacts}
    assert {block.summary.folder for block in (*compared.blocks, *compared.half_step)} <= reached


def test_the_open_results_reach_nothing_that_is_sealed(plan):
    alone = dataclasses.replace(plan, test_set={})
    assert not any(artifact.sealed for artifact in alone.artifacts)
    assert set(alone.artifacts) == {artifact for artifact in plan.artifacts if not artifact.sealed}
    assert {target.artifact.folder.split("/")[1] for target in plan.test_set.values()} == {"sealed"}
    assert {"sealed_test.csv", "sealed_test.svg", "sealed_test.pdf", "sealed_test.png"} < set(plan.test_set)


def test_runs_of_the_same_stars_teach_and_score_nothing(plan, maker):
    sets = {name: run_set for name, run_set in EXPERIMENT.sets.items() if run_set.role != "repeat"}
    without = Planner(EXPERIMENT.changed(sets=sets), maker).plan()
    new = {plan.by_identity[key].title for key in plan.by_identity.keys() - without.by_identity.keys()}
    kinds = ("design", "energy", "noise", "noise_parts", "half_step", "evolution")
    assert new == {
        "simulations of repeat block 0",
        "summaries of repeat block 0",
        "the dataset",
        *(f"{kind} of {name}" for kind in ("table", "figure") for name in kinds),
        "the metrics",
        "the page",
    }


def test_new_runs_are_chosen_by_the_posteriors_they_are_drawn_from(plan):
    """Of each observed run a block, which is no part of the dataset that everything else is made from."""
    new = [block for block in plan.blocks if block.role == "predictive"]
    assert len(new) == EXPERIMENT.sets["predictive"].blocks
    for block in new:
        (draws,) = block.simulation.inputs["draws"]
        assert draws.stage.name == "draws" and draws.inputs["emulator"][0].stage.name == "posteriors"
        assert block.summary not in plan.results["dataset.nc"].artifact.inputs["summaries"]
    drawn = [block for block in plan.blocks if block.role != "predictive"]
    assert not any(block.simulation.inputs for block in drawn)


def test_what_nobody_asks_of_posteriors_leaves_no_table(maker):
    sets = {name: run_set for name, run_set in EXPERIMENT.sets.items() if run_set.role != "predictive"}
    inference = EXPERIMENT.inference.changed(observed={})
    without = Planner(EXPERIMENT.changed(sets=sets, inference=inference), maker).plan()
    assert not {f"tables/{name}.csv" for name in ("information", "recovered", "predictive")} & set(
        without.results
    )
    assert "tables/posteriors.csv" in without.results


def test_an_alternative_leaves_all_that_was_there_but_the_metrics(plan, compared):
    gone = {plan.by_identity[key].title for key in plan.by_identity.keys() - compared.by_identity.keys()}
    assert gone == {"the metrics"}
    new = [compared.by_identity[key] for key in compared.by_identity.keys() - plan.by_identity.keys()]
    blocks = [block for block in plan.blocks if block.role in ("training", "calibration", "observation")]
    assert Counter(each.stage for each in new if each.title.endswith("(king)")) == {
        SIMULATIONS: len(blocks),
        SUMMARIES: len(blocks),
        FITS: 1,
        POSTERIORS: 1,
    }
    assert {each.title for each in new if not each.title.endswith("(king)")} == {
        "the evidences",
        "table of odds",
        "figure of odds",
        "the metrics",
    }


def test_the_runs_of_an_alternative_differ_in_nothing_but_the_cluster(plan, compared):
    own = {(block.set_name, block.index): block for block in plan.blocks}
    others = compared.blocks[len(plan.blocks) :]
    assert len(others) == 5
    for block in others:
        mine, other = own[block.set_name, block.index].simulation.settings, block.simulation.settings
        assert {key for key in mine if mine[key] != other[key]} == {"cluster", "description"}
        changed = {key for key in other["cluster"] if other["cluster"][key] != mine["cluster"].get(key)}
        assert changed == {"profile", "king_depth"}
        assert block.source == own[block.set_name, block.index].source


def test_evidences_are_of_the_runs_that_judge_posteriors_under_the_emulators_that_these_have_set(compared):
    evidences = compared.results["evidences.nc"].artifact
    roles = {block.summary.identity: block.role for block in compared.blocks}
    read = [roles[each.identity] for each in evidences.inputs["summaries"]]
    assert read == ["observation"] * 2 and not evidences.sealed
    assert [each.stage for each in evidences.inputs["emulator"]] == [POSTERIORS, POSTERIORS]
    assert [list(each.settings["likelihoods"]) for each in evidences.inputs["emulator"]] == [["joint"]] * 2
    assert all(f"profile {name}" in evidences.settings["description"] for name in compared.models)
    assert evidences.settings["models"] == ["plummer", "king"] == list(compared.models)
    assert (
        compared.results["models/plummer.eqx"].artifact is compared.results["emulators/linear.eqx"].artifact
    )


def test_runs_of_alternatives_are_counted(plan, compared):
    more = 3 * 16 + 24 + 24
    told = [int(each.in_words().split()[1]) for each in (plan, compared)]
    assert told == [sum(block.runs for block in plan.blocks), told[0] + more]
    assert " of 2 models " in compared.in_words() and "models" not in plan.in_words()
    new = [block for block in compared.blocks if block not in plan.blocks]
    assert sum(compared.runs_of(block.simulation) for block in new[-5:]) == more


def test_an_alternative_takes_no_key_of_the_profile_that_it_replaces(maker):
    king = EXPERIMENT.cluster.written() | KING
    of_king = EXPERIMENT.changed(cluster=king, alternatives={"other": {"profile": "plummer"}})
    compared = Planner(of_king, maker).plan()
    clusters = [block.simulation.settings["cluster"] for block in compared.blocks[-5:]]
    assert all("king_depth" not in cluster and cluster["profile"] == "plummer" for cluster in clusters)
    # The same runs as where it is the experiment's own.
    own = {block.simulation.identity for block in Planner(EXPERIMENT, maker).plan().blocks}
    assert {block.simulation.identity for block in compared.blocks[-5:]} <= own


TASKS = {
    "mass": {"features": ["total_mass"], "emulators": {"polynomial": {"degree": 2}}},
    "stars": {
        "features": ["total_mass", "mean_radius"],
        "stars": True,
        "emulators": {"deep_sets": {"members": 2, "epochs": 3}},
        "tuning": {"candidates": 1, "folds": 2},
    },
}


@pytest.fixture(scope="module")
def with_tasks(maker):
    return Planner(EXPERIMENT.changed(tasks=TASKS), maker).plan()


def test_tasks_leave_all_that_was_there_but_the_metrics(plan, with_tasks):
    gone = {plan.by_identity[key].title for key in plan.by_identity.keys() - with_tasks.by_identity.keys()}
    assert gone == {"the metrics"}
    new = {
        with_tasks.by_identity[key].title for key in with_tasks.by_identity.keys() - plan.by_identity.keys()
    }
    fitted = {"fit of polynomial (mass)", "fit of deep_sets (stars)"}
    told = {"the predictions (mass)", "the predictions (stars)", "table of given", "figure of given"}
    seen = {title for title in new if title.startswith("the stars of ")}
    assert new - seen == {*fitted, *told, "the metrics"}
    assert {f"tasks/{name}.eqx" for name in ("mass/polynomial", "stars/deep_sets")} <= set(with_tasks.results)


def test_what_is_seen_is_of_the_very_runs_whose_summaries_are_read_and_of_no_sealed_one(with_tasks):
    of_simulation = {block.summary.identity: block.simulation for block in with_tasks.blocks}
    for artifact in with_tasks.artifacts:
        views = artifact.inputs.get("views", ())
        if views:
            runs = [of_simulation[each.identity].identity for each in artifact.inputs["summaries"]]
            assert [view.inputs["simulation"][0].identity for view in views] == runs
            assert not artifact.sealed and not any(view.sealed for view in views)


def test_a_feature_names_what_is_made_with_it_alone(maker, with_tasks):
    other = {**TASKS, "mass": {**TASKS["mass"], "features": ["mean_radius"]}}
    changed = Planner(EXPERIMENT.changed(tasks=other), maker).plan()
    new = {
        changed.by_identity[key].title for key in changed.by_identity.keys() - with_tasks.by_identity.keys()
    }
    made = {title for title in new if not title.startswith("the stars of ")}
    assert made == {
        "fit of polynomial (mass)",
        "the predictions (mass)",
        "table of given",
        "figure of given",
        "the metrics",
    }


def test_alternatives_have_no_order(maker):
    entries = {"king": KING, "ball": {"profile": "uniform_sphere"}}
    one, other = (
        Planner(EXPERIMENT.changed(alternatives=dict(items)), maker).plan()
        for items in (entries.items(), reversed(entries.items()))
    )
    assert list(one.models) == ["plummer", "ball", "king"]
    assert one.by_identity.keys() == other.by_identity.keys()


STUDIES = {
    "escape": {"fate": "escape", "classifiers": {"prevalence": {}, "logistic": {}}},
    "pair": {"fate": "hardest_binary", "classifiers": {"prevalence": {}, "boosted_trees": {}}},
}


@pytest.fixture(scope="module")
def with_fates(maker):
    return Planner(EXPERIMENT.changed(fates=STUDIES), maker).plan()


def test_fates_leave_all_that_was_there_but_the_metrics(plan, with_fates):
    gone = {plan.by_identity[key].title for key in plan.by_identity.keys() - with_fates.by_identity.keys()}
    assert gone == {"the metrics"}
    new = {
        with_fates.by_identity[key].title for key in with_fates.by_identity.keys() - plan.by_identity.keys()
    }
    fitted = {
        f"{classifier} of {study}" for study, asked in STUDIES.items() for classifier in asked["classifiers"]
    }
    told = {"table of fates", "table of fate_curves", "figure of fates"}
    stars = {title for title in new if title.startswith("the stars of train block")}
    assert new - stars == {*fitted, *told, "the metrics"}
    assert {"fates/escape/logistic.eqx", "fates/pair/boosted_trees.eqx"} <= set(with_fates.results)


def test_stars_are_those_of_training_runs_and_their_fits_are_witnesses_of_the_seal(plan, with_fates):
    training = {block.simulation.identity for block in with_fates.blocks if block.role == "training"}
    for artifact in with_fates.of_stage(STARS):
        assert artifact.inputs["simulation"][0].identity in training
        assert not artifact.sealed
    fitted = {artifact.path_for("fittings") for artifact in with_fates.of_stage(FATES)}
    assert fitted == set(with_fates.fitted_files) - set(plan.fitted_files)


def test_a_classifier_names_its_own_fit_alone(maker, with_fates):
    other = {
        **STUDIES,
        "escape": {**STUDIES["escape"], "classifiers": {"prevalence": {}, "logistic": {"degree": 2}}},
    }
    changed = Planner(EXPERIMENT.changed(fates=other), maker).plan()
    new = {
        changed.by_identity[key].title for key in changed.by_identity.keys() - with_fates.by_identity.keys()
    }
    assert new == {
        "logistic of escape",
        "table of fates",
        "table of fate_curves",
        "figure of fates",
        "the metrics",
    }
