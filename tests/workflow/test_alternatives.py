"""The `test` experiment with another profile to tell its clusters from, run until the odds are there."""

import re
import shutil

import pandas as pd
import pytest
import yaml
from finished_run import ROOT

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.plan.from_configuration import plan_of_file
from nbody_emulator.storage.netcdf import read

KING = {"profile": "king", "king_depth": 6.0}


@pytest.mark.slow
def test_an_alternative_is_run_fitted_and_told_apart(copy, monkeypatch, capsys):
    config = yaml.safe_load((copy.root / "config/test.yaml").read_text())
    config |= {"experiment": "compared", "alternatives": {"king": KING}}
    path = copy.root / "config/compared.yaml"
    path.write_text(yaml.safe_dump(config))
    results = plan_of_file(path, copy.root).results
    names = ("evidences.nc", "tables/odds.csv", "figures/odds.svg", "models/plummer.eqx", "models/king.eqx")
    told = copy.snakemake(*(results[name].path for name in names), experiment="compared").stdout
    # What Plummer's clusters are of is there; of King's there are five blocks, a fit and its posteriors.
    assert len(re.findall(r"^Job \d+: ", told, re.MULTILINE)) == 5 + 5 + 1 + 1 + 3
    evidences = read(copy.root / results["evidences.nc"].path)
    assert evidences["model"].values.tolist() == ["plummer", "king"]
    assert evidences.sizes == {"run": 48, "model": 2, "parameter": 3}
    assert set(evidences["role"].values) == {"observation"}
    table = pd.read_csv(copy.root / results["tables/odds.csv"].path)
    right = table[(table["quantity"] == "right") & (table["truth"] == "all")]
    assert right["count"].item() == evidences["usable"].values.sum()
    assert (copy.root / results["figures/odds.svg"].path).stat().st_size > 5000
    for name in ("plummer", "king"):
        emulator = Emulator.load(copy.root / results[f"models/{name}.eqx"].path)
        assert f"profile {name}" in emulator.metadata.description
        assert emulator.metadata.posteriors is not None
    models = copy.root / "results/profiles/models"
    models.mkdir(parents=True)
    for name in ("plummer", "king"):
        shutil.copyfile(copy.root / results[f"models/{name}.eqx"].path, models / f"{name}.eqx")
    monkeypatch.chdir(copy.root)
    exec(documented().replace('"king", "uniform_sphere")', '"king")'), {})
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said] == ["plummer", "king"]
    assert sum(float(re.split(r"[: ]+", line)[1]) for line in said) == pytest.approx(1.0, abs=0.002)


def documented() -> str:
    """What docs/inference.md tells to do with the emulators of several models."""
    document = (ROOT / "docs/inference.md").read_text(encoding="utf-8")
    code = document.partition("## Which model?")[2].partition("```python\n")[2].partition("```")[0]
    assert "odds_of" in code and '"king", "uniform_sphere")' in code
    return code
