"""Every job on a cluster parses the Snakefile first: nothing of that may start JAX, and mistakes are told then."""

import sys

PARSE = """
import sys
from snakemake.cli import main
sys.argv = ["snakemake", "--list-rules", "--configfile", "config/cluster.yaml"]
try:
    main()
finally:
    heavy = {"jax", "xarray", "pandas", "matplotlib", "sklearn"} & set(sys.modules)
    print("imported:", *sorted(heavy))
"""


def test_to_parse_the_snakefile_imports_nothing_heavy(scratch):
    said = scratch.run(sys.executable, "-c", PARSE).stdout
    assert "simulate_sealed" in said
    assert "imported:" in said.splitlines()


def test_an_observation_that_cannot_be_is_told_before_anything_is_made(scratch):
    folder = scratch.root / "observations"
    folder.mkdir()
    (folder / "wrong.yaml").write_text("values: {rh: 1.5, f_bound: 60}\n")
    (folder / "right.yaml").write_text("values: {r_h: 1.5, f_bound: 0.6}\nerrors: {r_h: 0.1}\n")
    said = {
        name: scratch.snakemake("--dry-run", f"results/test/inferred/linear/{name}.nc", check=False)
        for name in ("wrong", "right")
    }
    assert said["right"].returncode == 0
    assert said["wrong"].returncode != 0
    assert "observations/wrong.yaml: an observation that cannot be" in said["wrong"].stdout
    assert "did you mean 'r_h'?; f_bound is 60, and must be between 0 and 1" in said["wrong"].stdout
