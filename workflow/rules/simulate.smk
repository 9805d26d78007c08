# Design points to simulated clusters to summary statistics, one block of runs at a time.
rule simulate:
    """A block of runs: its design points drawn, its clusters integrated, each run judged."""
    input:
        unpack(inputs_of("simulations")),
        stars=files_of_stars,
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


rule view:
    """What is seen of a block's stars before they move: features, and the stars themselves."""
    input:
        unpack(inputs_of("views")),
    output:
        **outputs_of("views"),
    log:
        log_of("views"),
    benchmark:
        timing_of("views")
    params:
        **params_of("views"),
    message:
        "{params.title}"
    script:
        "../scripts/view.py"


rule follow_stars:
    """What is known of every star of a block before the runs, and what has happened to it by a given time."""
    input:
        unpack(inputs_of("stars")),
    output:
        **outputs_of("stars"),
    log:
        log_of("stars"),
    benchmark:
        timing_of("stars")
    params:
        **params_of("stars"),
    message:
        "{params.title}"
    script:
        "../scripts/follow_stars.py"


rule call_simulator:
    """A block of runs of another simulator: its design points drawn, a function called for each run."""
    input:
        unpack(inputs_of("calls")),
    output:
        **outputs_of("calls"),
    log:
        log_of("calls"),
    benchmark:
        timing_of("calls")
    resources:
        mem_mb=2000,
    params:
        **params_of("calls"),
    message:
        "{params.title}"
    script:
        "../scripts/call_simulator.py"


rule import_runs:
    """A block of runs of another simulator that are there already, in a file."""
    input:
        file_of_runs,
    output:
        **outputs_of("imports"),
    log:
        log_of("imports"),
    benchmark:
        timing_of("imports")
    localrule: True
    params:
        **params_of("imports"),
        file=lambda wildcards: PLAN.file_of(artifact_of("imports", wildcards)),
    message:
        "{params.title}"
    script:
        "../scripts/import_runs.py"


use rule simulate as simulate_sealed with:
    output:
        **outputs_of("simulations", "sealed"),


use rule call_simulator as call_simulator_sealed with:
    output:
        **outputs_of("calls", "sealed"),


use rule import_runs as import_runs_sealed with:
    output:
        **outputs_of("imports", "sealed"),


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
