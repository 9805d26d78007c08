"""What docs/extending.md tells to add, added word for word to a copy of the repository, and run together."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from finished_run import ROOT, Repository, fresh_copy

from nbody_emulator import Emulator

TEXT = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
FILE = re.compile(r"(?<!of )`(src/[\w/]+\.py)`:\n\n```python\n(.*?)```", re.DOTALL)
LINE = re.compile(r"In `(\w+)` of `(src/[\w/]+\.py)`[^\n]*:\n\n```python\n(.*?)```", re.DOTALL)
SETTINGS = re.compile(r"In the configuration:\n\n```yaml\n(.*?)```", re.DOTALL)

KINDS = {
    "STATISTICS",
    "FAMILIES",
    "CALIBRATORS",
    "PROFILES",
    "MASS_FUNCTIONS",
    "GALAXIES",
    "INTEGRATORS",
    "SAMPLERS",
    "TABLES",
    "FIGURES",
}
# What the additions are tried without, to be quick: other families and outputs, and ladders.
WITHOUT = {
    "emulators": ("polynomial", "neighbours", "gaussian_process", "forest", "network"),
    "bias_variance": ("network",),
    "outputs": ("f_bound", "sigma_v", "r_core"),
}


def with_settings(config: dict, added: dict) -> dict:
    """The configuration with the keys of each section added; `null` takes one away."""
    for section, keys in added.items():
        if isinstance(keys, dict):
            together = config[section] | keys
            config[section] = {key: value for key, value in together.items() if value is not None}
        else:
            config[section] = keys
    return config


@pytest.fixture(scope="module")
def extended(tmp_path_factory) -> Repository:
    """A copy with all additions, in which an experiment that uses all of them was run."""
    copy = fresh_copy(tmp_path_factory.mktemp("extended") / "repository")
    for path, code in FILE.findall(TEXT):
        assert not (copy.root / path).exists()
        (copy.root / path).write_text(code)
    for register, path, line in LINE.findall(TEXT):
        text = (copy.root / path).read_text()
        opened = re.compile(
            rf"({register}(?:: \S+)? = Register\(\n    \"[^\"]*\",\n    \{{\n.*?)(    \}},\n)", re.DOTALL
        )
        text, count = opened.subn(lambda found, line=line: f"{found[1]}{line}{found[2]}", text, count=1)
        assert count == 1, f"{path} has no {register}"
        (copy.root / path).write_text(text)
    config = yaml.safe_load((copy.root / "config/test.yaml").read_text()) | {"experiment": "extended"}
    for section, keys in WITHOUT.items():
        config[section] = {key: value for key, value in config[section].items() if key not in keys}
    for added in SETTINGS.findall(TEXT):
        config = with_settings(config, yaml.safe_load(added))
    (copy.root / "config/extended.yaml").write_text(yaml.safe_dump(config))
    copy.snakemake(experiment="extended")
    return copy


def test_one_of_each_kind_is_added_by_one_file_and_one_line():
    assert {register for register, _, _ in LINE.findall(TEXT)} == KINDS
    assert len(FILE.findall(TEXT)) == len(LINE.findall(TEXT)) == len(KINDS)
    assert all(line.count("\n") == 1 for _, _, line in LINE.findall(TEXT))


def test_all_additions_run_together_and_are_in_the_results(extended):
    results = extended.root / "results/extended"
    runs = pd.read_csv(results / "runs.csv")
    assert (runs["status"] == "ok").all() and runs["beta"].between(-50, 1).all()
    widths = pd.read_csv(results / "tables/widths.csv").set_index(["family", "output"])["width"]
    assert set(widths.index) == {
        (family, name) for family in ("mean", "linear", "robust") for name in ("beta", "r_h")
    }
    assert (widths > 0).all()
    assert (results / "figures/widths.svg").stat().st_size > 5000
    emulator = Path(results / "emulators/robust.eqx")
    header = emulator.read_bytes().split(b"\n", 1)[0]
    assert b'"calibrator": "median_variance"' in header and b'"family": "robust"' in header
    # This checkout does not know it, and says so.
    with pytest.raises(ValueError, match="unknown emulator family 'robust'; known: mean"):
        Emulator.load(emulator)
