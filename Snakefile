# The experiment, whole: a design of N-body runs, their summaries, emulators and rivals, scores and figures.
# `snakemake --cores all` runs config/laptop.yaml; `--configfile config/course.yaml` runs another experiment.
from snakemake.utils import min_version

min_version("9.27")

if not workflow.configfiles:

    configfile: "config/laptop.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/guard.smk"


rule all:
    """Everything that is to be there, not only what comes last: what was deleted is made again."""
    default_target: True
    input:
        EXPORT.files,
        TIMINGS,
        PLAN.open_files,
    message:
        f"all of {PLAN.experiment} is there"


include: "workflow/rules/simulate.smk"
include: "workflow/rules/fit.smk"
include: "workflow/rules/infer.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/pages.smk"
include: "workflow/rules/export.smk"
