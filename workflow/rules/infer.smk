# From outputs back to parameters: posteriors of runs whose parameters are known, so that they can be judged.
rule infer:
    """Posteriors of one family by every likelihood; its emulator with what they were found to hold."""
    input:
        unpack(inputs_of("posteriors")),
    output:
        **outputs_of("posteriors"),
    log:
        log_of("posteriors"),
    benchmark:
        timing_of("posteriors")
    resources:
        mem_mb=2000,
    params:
        **params_of("posteriors"),
    message:
        "{params.title}"
    script:
        "../scripts/infer.py"
