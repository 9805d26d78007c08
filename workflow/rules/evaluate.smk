# Scores: tables and metrics from out-of-fold predictions; and, apart, the one look at the sealed test set.
rule tabulate:
    """One table of the report."""
    input:
        unpack(inputs_of("tables")),
    output:
        **outputs_of("tables"),
    log:
        log_of("tables"),
    benchmark:
        timing_of("tables")
    localrule: True
    params:
        **params_of("tables"),
    message:
        "{params.title}"
    script:
        "../scripts/tabulate.py"


rule measure:
    """All headline numbers, checked against their schema."""
    input:
        unpack(inputs_of("metrics")),
    output:
        **outputs_of("metrics"),
    log:
        log_of("metrics"),
    benchmark:
        timing_of("metrics")
    localrule: True
    params:
        **params_of("metrics"),
    message:
        "{params.title}"
    script:
        "../scripts/measure.py"


rule evaluate:
    """Every family scored on the sealed test set; refused if any fit has seen one of its points."""
    input:
        unpack(inputs_of("evaluations")),
        witnesses=witnesses,
    output:
        **outputs_of("evaluations", "sealed"),
    log:
        log_of("evaluations"),
    benchmark:
        timing_of("evaluations")
    params:
        **params_of("evaluations"),
    message:
        "{params.title}"
    script:
        "../scripts/evaluate.py"
