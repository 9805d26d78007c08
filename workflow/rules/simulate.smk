# Design points to simulated clusters to summary statistics, one block of runs at a time.
rule simulate:
    """A block of runs: its design points drawn, its clusters integrated, each run judged."""
    input:
        unpack(inputs_of("simulations")),
    output:
        **outputs_of("simulations"),
    log:
        log_of("simulations"),
    benchmark:
        timing_of("simulations")
    resources:
        mem_mb=2000,
    params:
        **params_of("simulations"),
    message:
        "{params.title}"
    script:
        "../scripts/simulate.py"


rule summarize:
    """Summary statistics of every stored state of a block."""
    input:
        unpack(inputs_of("summaries")),
    output:
        **outputs_of("summaries"),
    log:
        log_of("summaries"),
    benchmark:
        timing_of("summaries")
    params:
        **params_of("summaries"),
    message:
        "{params.title}"
    script:
        "../scripts/summarize.py"


use rule simulate as simulate_sealed with:
    output:
        **outputs_of("simulations", "sealed"),


use rule summarize as summarize_sealed with:
    output:
        **outputs_of("summaries", "sealed"),


rule gather:
    """The runs of many blocks as one dataset, with their outputs and where each comes from."""
    input:
        unpack(inputs_of("datasets")),
    output:
        **outputs_of("datasets"),
    log:
        log_of("datasets"),
    benchmark:
        timing_of("datasets")
    params:
        **params_of("datasets"),
    message:
        "{params.title}"
    script:
        "../scripts/gather.py"
