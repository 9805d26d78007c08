"""What docs/extending.md tells to add, added word for word to a copy of the repository, and run together."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from asking import Answer, Server
from finished_run import ROOT, Repository, fresh_copy

from nbody_emulator import Emulator
from nbody_emulator.quantities.run_status import Status
from nbody_emulator.storage.netcdf import read

TEXT = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
FILE = re.compile(r"(?<!of )`(src/[\w/]+\.py)`:\n\n```python\n(.*?)```", re.DOTALL)
LINE = re.compile(r"In `(\w+)` of `(src/[\w/]+\.py)`[^\n]*:\n\n```python\n(.*?)```", re.DOTALL)
SETTINGS = re.compile(r"In the configuration:\n\n```yaml\n(.*?)```", re.DOTALL)

KINDS = {
    "STATISTICS",
    "FEATURES",
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
# What is made: all that the additions decide, and of what is made from them alike one each.
MADE = (
    "the dataset",
    "fit of robust",
    "fit of linear (pair)",
    "learning curve of robust",
    "table of widths",
    "figure of widths",
    "figure of residuals",
)
NAMES = ("runs.csv", "tables/widths.csv", "figures/widths.svg", "emulators/robust.eqx")
"""Under which what was added is found once everything has been made."""

# What the additions are tried without, to be quick: other families, outputs and sets, ladders, posteriors.
WITHOUT = {
    "emulators": ("neighbours", "forest", "network"),
    "bias_variance": ("network", "lasso"),
    "outputs": ("f_bound", "sigma_v", "r_core"),
    "sets": ("repeat", "observation", "predictive"),
}
ONE_FIT = {"sizes": [{"blocks": 1, "sets": 1}]}


def with_settings(config: dict, added: dict) -> dict:
    """The configuration with the keys of each section added; `null` takes one away."""
    for section, keys in added.items():
        if isinstance(keys, dict):
            together = config.get(section, {}) | keys
            config[section] = {key: value for key, value in together.items() if value is not None}
        else:
            config[section] = keys
    return config


@dataclass(frozen=True)
class Extended:
    """A copy with all additions, and what Snakemake would have made before some of it was made."""

    repository: Repository
    planned: Answer

    def path(self, title: str) -> str:
        """The first file of a result, in the repository."""
        return next(path for path, found in self.planned.titles.items() if found == title)

    def file(self, title: str) -> Path:
        return self.repository.root / self.path(title)


@pytest.fixture(scope="module")
def extended(tmp_path_factory) -> Extended:
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
    del config["inference"]
    config["learning_curve"] = ONE_FIT
    config["sets"]["replicate"] |= {"points": 4, "replicates": 2}
    for added in SETTINGS.findall(TEXT):
        config = with_settings(config, yaml.safe_load(added))
    (copy.root / "config/extended.yaml").write_text(yaml.safe_dump(config))
    with Server() as server:
        made = Extended(copy, server.ask(copy.root, experiment="extended"))
    copy.snakemake(*map(made.path, MADE), experiment="extended")
    return made


def test_one_of_each_kind_is_added_by_one_file_and_one_line():
    assert {register for register, _, _ in LINE.findall(TEXT)} == KINDS
    assert len(FILE.findall(TEXT)) == len(LINE.findall(TEXT)) == len(KINDS)
    assert all(line.count("\n") == 1 for _, _, line in LINE.findall(TEXT))


def test_all_additions_run_together_and_are_in_the_results(extended):
    runs = read(extended.file("the dataset"))
    assert np.all(runs["status"] == Status.OK)
    beta = runs["output_values"].sel(output="beta")
    assert np.all((beta > -50) & (beta < 1))
    widths = pd.read_csv(extended.file("table of widths")).set_index(["family", "output"])["width"]
    assert set(widths.index) == {
        (family, name) for family in ("mean", "linear", "robust") for name in ("beta", "r_h")
    }
    assert (widths > 0).all()
    assert all(extended.file(f"figure of {name}").stat().st_size > 5000 for name in ("widths", "residuals"))
    assert read(extended.file("learning curve of robust")).attrs["family"] == "robust"
    emulator = extended.file("fit of robust")
    header = emulator.read_bytes().split(b"\n", 1)[0]
    assert b'"calibrator": "median_variance"' in header and b'"family": "robust"' in header
    seen = Emulator.load(extended.file("fit of linear (pair)")).parameters[-1]
    assert (seen.name, seen.unit) == ("pair_distance", "pc")
    # This checkout does not know it, and says so.
    with pytest.raises(ValueError, match="unknown emulator family 'robust'; known: mean"):
        Emulator.load(emulator)


def test_all_additions_are_among_what_is_there_in_the_end(extended):
    assert {f"results/extended/{name}" for name in NAMES} <= set(extended.planned.files)
