# From the store to plain names: what a person opens, what the report shows, what gets published.
rule export:
    """Tables, figures, metrics, data and emulators under their plain names; where the time went, and what families cost."""
    input:
        files=[ancient(path) for path in EXPORT.inputs],
        comparison=ancient(EXPORT.targets["tables/comparison.csv"].path),
    output:
        figures=[in_report(path) for path in EXPORT.outputs if path.endswith(".svg")],
        others=[path for path in EXPORT.outputs if not path.endswith(".svg")],
        timings=report(
            TIMINGS,
            caption="../report/figure.rst",
            category=HEADINGS["cost"],
            labels={"table": "where the time went"},
        ),
        costs_figure=in_report(f"results/{PLAN.experiment}/costs.svg"),
        costs_document=f"results/{PLAN.experiment}/costs.pdf",
        costs_slide=f"results/{PLAN.experiment}/costs.png",
        costs=report(
            COSTS,
            caption="../report/figure.rst",
            category=HEADINGS["cost"],
            labels={"table": "what each family costs"},
        ),
        stamp=EXPORT.stamp,
    log:
        f"results/logs/export/{PLAN.experiment}.log",
    benchmark:
        f"results/logs/export/{PLAN.experiment}.tsv"
    localrule: True
    params:
        targets=EXPORT.outputs,
        identities=EXPORT.identities,
        benchmarks=[f"results/logs/{item.stage.name}/{item.identity}.tsv" for item in PLAN.artifacts],
        fit_jobs={
            family: FitJob(f"results/logs/fits/{fit.identity}.tsv", 1 + len(fit.settings["folds"]))
            for family, fit in PLAN.fits.items()
        },
        style=EXPERIMENT.figures.style_of("costs"),
        history=History(PLAN),
    message:
        f"results of {PLAN.experiment} under their plain names"
    script:
        "../scripts/export.py"


rule export_evaluation:
    """The evaluation under its plain names, with a line in the ledger first."""
    input:
        files=[ancient(path) for path in EXPORT_OF_TEST_SET.inputs],
        emulators=[ancient(fit.path()) for fit in PLAN.fits.values()],
    output:
        files=EXPORT_OF_TEST_SET.outputs,
        stamp=EXPORT_OF_TEST_SET.stamp,
    log:
        f"results/logs/export_evaluation/{PLAN.experiment}.log",
    benchmark:
        f"results/logs/export_evaluation/{PLAN.experiment}.tsv"
    localrule: True
    params:
        identities=EXPORT_OF_TEST_SET.identities,
        ledger=LEDGER,
        entry=LEDGER_ENTRY,
        history=History(PLAN),
    message:
        f"the test set of {PLAN.experiment} is opened; the ledger keeps it"
    script:
        "../scripts/export_evaluation.py"


rule test_set:
    """The test set opened, and everything there that belongs to it."""
    input:
        EXPORT_OF_TEST_SET.files,
        PLAN.sealed_files,
    message:
        f"all of the test set of {PLAN.experiment} is there"
