"""The SLURM profile beside the default one: the same decisions, and more for a job that is tried again."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
RULES = "\n".join(path.read_text() for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
RULE = re.compile(r"^(?:use )?rule (?:(\w+) as )?(\w+)(?: with)?:\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
GROWING = ("runtime", "mem_mb")
# What a person has to fill in; nothing else of the profile names a cluster.
BLANKS = {"your_account", "your_cpu_partition", "your_gpu_partition"}


def profile(name: str) -> dict:
    return yaml.safe_load((ROOT / f"profiles/{name}/profile.v9+.yaml").read_text())


SLURM = profile("slurm")


def bodies() -> dict[str, str]:
    """Rule -> its text, with that of the rule it is derived from."""
    found = {}
    for parent, name, body in RULE.findall(RULES):
        found[name] = found.get(parent, "") + body
    return found


def on_the_cluster() -> dict[str, str]:
    return {name: body for name, body in bodies().items() if "localrule: True" not in body}


def given(rule: str, body: str, attempt: int) -> dict[str, int]:
    """Minutes and memory of a job: the profile's for its rule, else what the rule says itself, else the default."""
    own = dict(re.findall(r"^        (\w+)=(\d+),$", body, re.MULTILINE))
    expressions = {**SLURM["default-resources"], **own, **SLURM["set-resources"].get(rule, {})}
    return {name: eval(str(expressions[name]), {"attempt": attempt}) for name in GROWING}


def test_the_cluster_reruns_what_one_machine_would():
    assert profile("default").items() <= SLURM.items()


@pytest.mark.parametrize("rule", sorted(on_the_cluster()))
def test_a_job_tried_again_gets_more_time_and_memory(rule):
    attempts = range(1, SLURM["retries"] + 2)
    grants = [given(rule, on_the_cluster()[rule], attempt) for attempt in attempts]
    for earlier, later in pairwise(grants):
        assert all(later[name] > earlier[name] for name in GROWING)


def test_small_rules_run_beside_snakemake():
    local = bodies().keys() - on_the_cluster().keys()
    imports = {"import_runs", "import_runs_sealed"}
    small = {"tabulate", "measure", "draw", "draw_sealed", "export", "export_evaluation", "infer_observation"}
    small |= {"write_page"}
    assert local == imports | small


def test_every_rule_with_resources_of_its_own_exists():
    assert SLURM["set-resources"].keys() <= on_the_cluster().keys()


def test_job_arrays_are_off():
    assert not [key for key in SLURM if "array" in key]


def test_only_account_and_partitions_are_to_be_filled_in():
    text = (ROOT / "profiles/slurm/profile.v9+.yaml").read_text()
    assert set(re.findall(r": (your_\w+)", text)) == BLANKS
