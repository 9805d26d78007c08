"""What keeps a store in order: explanations, checks, deletion, and refactored code that keeps its results."""

import shutil
import sys

import edits
import pytest
from asking import EXPORT, Server
from edits import CONFIG, replace
from rows import more_trees, styled_noise

EXPERIMENT = (sys.executable, "-m", "nbody_emulator.cli")


@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running


def explained(repository) -> str:
    return repository.run(sys.executable, "workflow/explain.py", CONFIG).stdout


def test_nothing_is_explained_when_nothing_would_run(finished):
    assert explained(finished.repository).strip() == "Nothing to be done"


def test_explain_names_the_key_old_and_new(copy):
    more_trees(copy.root)
    told = explained(copy)
    assert "fit of forest\n" in told and "settings.trees: 20 -> 21" in told
    assert "made from: fit of forest" in told
    assert "simulations" not in told and "network" not in told


def test_explain_names_code_and_versions(copy):
    edits.code("figures/energy.py")(copy.root)
    edits.pin("seaborn")(copy.root)
    told = explained(copy)
    assert "code: figures.energy changed" in told and "pinned version: seaborn" in told
    assert "19 results would be made" in told


def test_explain_before_the_first_run(scratch):
    told = explained(scratch)
    assert "simulations of train block 0\n" in told and "new: the experiment had no such result" in told


@pytest.fixture
def accept(copy):
    def run(check: bool = True):
        return copy.run(sys.executable, "workflow/accept.py", check=check)

    return run


def test_a_refactoring_is_accepted_and_reruns_nothing(copy, accept, server):
    # Another name for a variable is another syntax tree, and the same figure.
    replace("src/nbody_emulator/figures/noise.py", "_most_changing", "_that_change_most")(copy.root)
    assert server.ask(copy.root).made
    assert "every bit the same" in accept().stdout
    assert not server.ask(copy.root).made
    assert "nothing to accept" in accept().stdout


def test_a_change_of_one_bit_is_refused_and_named(copy, accept):
    accepted = copy.root / "workflow/accepted_code.json"
    before = accepted.exists() and accepted.read_bytes()
    replace("src/nbody_emulator/figures/noise.py", "set_ylim(-0.6,", "set_ylim(-0.61,")(copy.root)
    refused = accept(check=False)
    assert refused.returncode == 1
    assert "figure of noise: figure.svg is not the same" in refused.stdout
    assert (accepted.exists() and accepted.read_bytes()) == before


def test_a_refactoring_beside_another_change_is_refused(copy, accept):
    replace("src/nbody_emulator/figures/noise.py", "_most_changing", "_that_change_most")(copy.root)
    styled_noise(copy.root)
    refused = accept(check=False)
    assert refused.returncode == 1 and "more than code changed" in refused.stdout


def test_nothing_is_accepted_before_the_first_run(scratch):
    refused = scratch.run(sys.executable, "workflow/accept.py", check=False)
    assert refused.returncode == 1 and "nothing to compare with" in refused.stdout


def gc(repository, *options: str) -> str:
    return repository.run(*EXPERIMENT, "gc", *options).stdout


@pytest.fixture
def two(copy):
    """A copy that knows two experiments: to plan all that are shipped, one of them large, takes seconds."""
    for path in (copy.root / "config").glob("*.yaml"):
        if path.stem not in ("test", "laptop"):
            path.unlink()
    return copy


def test_gc_keeps_what_experiments_refer_to(copy):
    assert "every stored result is referred to" in gc(copy)


def test_gc_lists_and_deletes_only_when_told(two):
    before = stored(two)
    replace("src/nbody_emulator/figures/noise.py", "_most_changing", "_that_change_most")(two.root)
    told = gc(two)
    (folder,) = [line.split()[0] for line in told.splitlines() if line.startswith("results/")]
    assert folder.startswith("results/store/figures/") and "DELETE=yes" in told
    assert stored(two) == before
    assert "for test" in told and "made 20" in told
    assert "1 kept" in gc(two, "--delete")
    assert stored(two) == before
    gc(two, "--delete", "--older", "0")
    assert before - stored(two) == {two.root / folder}


def test_gc_keeps_a_remembered_experiment_whose_file_is_elsewhere(two):
    (two.root / CONFIG).rename(two.root.parent / "test.yaml")
    assert "every stored result is referred to" in gc(two)
    (two.root / "results/test/history.json").unlink()
    before = stored(two)
    refused = two.run(*EXPERIMENT, "gc", "--delete", check=False)
    assert refused.returncode == 2 and "results/test: what it was made of is not known" in refused.stdout
    assert stored(two) == before
    shutil.rmtree(two.root / "results/test")
    gc(two, "--delete", "--older", "0")
    assert not stored(two)


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"specification": {}}', "{bad", '{"specification": 1, "sha256": []}']
)
def test_check_names_a_damaged_receipt(copy, text):
    receipt = next((copy.root / "results/store/figures").glob("*/receipt.json"))
    receipt.write_text(text)
    done = check(copy)
    assert (
        done.returncode == 1
        and f"{receipt.parent.relative_to(copy.root)}: its receipt is damaged" in done.stdout
    )


def test_check_names_a_result_that_poses_as_another(copy):
    one, other = list((copy.root / "results/store/fits").glob("*"))[:2]
    shutil.rmtree(one)
    shutil.copytree(other, one)
    done = check(copy)
    assert done.returncode == 1
    assert f"{one.relative_to(copy.root)}: it is another result, {other.name}, under this name" in done.stdout


def test_check_and_gc_leave_alone_what_is_none_of_theirs(two):
    strange = two.root / "results/store/fits/*"
    strange.mkdir()
    (two.root / "results/store/datasets/abc").symlink_to(two.root.parent)
    (two.root / "results/mine").mkdir()
    (two.root / "results/mine/export-foo.json").write_text("[1]")
    logs = set((two.root / "results/logs").rglob("*"))
    assert check(two).returncode == 0
    assert "0 results deleted" in gc(two, "--delete", "--older", "0")
    assert strange.exists() and set((two.root / "results/logs").rglob("*")) == logs


def test_check_has_a_damaged_stamp_exported_again(copy, server):
    next((copy.root / "results/test").glob("export-*.json")).write_text("{bad")
    done = check(copy)
    assert done.returncode == 1 and "damaged, so its files are exported again" in done.stdout
    assert server.ask(copy.root).made == {"the results under their plain names"}


def test_explain_names_a_damaged_history(copy):
    (copy.root / "results/test/history.json").write_text("[]")
    told = copy.run(sys.executable, "workflow/explain.py", CONFIG, check=False)
    assert told.returncode == 1 and "history.json: damaged; delete it" in told.stdout


def stored(repository) -> set:
    return set((repository.root / "results/store").glob("*/*"))


def check(repository):
    return repository.run(*EXPERIMENT, "check", check=False)


def test_check_finds_nothing_wrong_with_a_finished_run(copy):
    done = check(copy)
    assert done.returncode == 0 and "results are as they were written" in done.stdout


def test_check_names_an_export_that_was_edited_and_the_next_run_mends_it(copy, server):
    edits.change_one_byte(copy.root / "results/test/tables/noise.csv")
    done = check(copy)
    assert done.returncode == 1 and "results/test/tables/noise.csv: not the file" in done.stdout
    assert server.ask(copy.root).made == {"the results under their plain names"}


def test_forcing_a_rule_makes_its_results_again_and_nothing_after_them(finished, server):
    made = server.ask(finished.repository.root, forcerun=["simulate"]).made
    assert all(title.startswith("simulations of") for title in made) and len(made) == 8


def test_forcing_a_rule_leaves_nothing_else_undone(copy, server):
    styled_noise(copy.root)
    made = server.ask(copy.root, forcerun=["simulate"]).made
    others = {title for title in made if not title.startswith("simulations of")}
    assert others == {"figure of noise", EXPORT} and len(made) == 8 + len(others)


def test_forcing_everything_makes_everything_open(finished, server):
    answer = server.ask(finished.repository.root, forceall=True)
    assert all("of test block" in title or "sealed" in title for title in answer.every_title - answer.made)
