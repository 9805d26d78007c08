"""The test set reaches nothing but its one evaluation."""

import pytest
from snakemake.api import ConfigSettings, DAGSettings, OutputSettings, ResourceSettings, SnakemakeApi
from snakemake.settings.enums import Quietness

EVALUATION_RULES = {"simulate_sealed", "summarize_sealed", "evaluate", "export_evaluation"}
