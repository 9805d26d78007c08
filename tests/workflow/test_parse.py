"""Every job on a cluster parses the Snakefile before it begins: nothing of that may start JAX."""

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
