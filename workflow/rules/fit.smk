# Emulators and their rivals: fitted to all training runs and without each fold, and to smaller sets; what they predict.
rule fit:
    """One family, tuned: on all training runs, and without each fold, whose runs it predicts."""
    input:
        unpack(inputs_of("fits")),
    output:
        **outputs_of("fits"),
    log:
        log_of("fits"),
    benchmark:
        timing_of("fits")
    resources:
        mem_mb=2000,
    params:
        **params_of("fits"),
    message:
        "{params.title}"
    script:
        "../scripts/fit.py"


rule fit_stars:
    """One classifier of single stars, tuned: on all training runs, and without each fold, whose stars it tells of."""
    input:
        unpack(inputs_of("fates")),
    output:
        **outputs_of("fates"),
    log:
        log_of("fates"),
    benchmark:
        timing_of("fates")
    resources:
        mem_mb=2000,
    params:
        **params_of("fates"),
    message:
        "{params.title}"
    script:
        "../scripts/fit_stars.py"


rule run_trials:
    """Many fits of one family judged on the noise runs: sizes of a learning curve, or rungs of a ladder."""
    input:
        unpack(inputs_of("trials")),
    output:
        **outputs_of("trials"),
    log:
        log_of("trials"),
    benchmark:
        timing_of("trials")
    resources:
        mem_mb=2000,
    params:
        **params_of("trials"),
    message:
        "{params.title}"
    script:
        "../scripts/run_trials.py"


rule predict:
    """What every family says of every open run that it has not seen."""
    input:
        unpack(inputs_of("predictions")),
    output:
        **outputs_of("predictions"),
    log:
        log_of("predictions"),
    benchmark:
        timing_of("predictions")
    params:
        **params_of("predictions"),
    message:
        "{params.title}"
    script:
        "../scripts/predict.py"
