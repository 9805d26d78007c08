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


rule inform:
    """What each choice of observed outputs tells of the parameters, of runs whose parameters are known."""
    input:
        unpack(inputs_of("information")),
    output:
        **outputs_of("information"),
    log:
        log_of("information"),
    benchmark:
        timing_of("information")
    resources:
        mem_mb=2000,
    params:
        **params_of("information"),
    message:
        "{params.title}"
    script:
        "../scripts/inform.py"


rule draw_posteriors:
    """Draws from the posteriors of a few observed runs, at which new runs are simulated."""
    input:
        unpack(inputs_of("draws")),
    output:
        **outputs_of("draws"),
    log:
        log_of("draws"),
    benchmark:
        timing_of("draws")
    resources:
        mem_mb=2000,
    params:
        **params_of("draws"),
    message:
        "{params.title}"
    script:
        "../scripts/draw_posteriors.py"


rule compare_models:
    """How probable every observed run of every model is under every model."""
    input:
        unpack(inputs_of("evidences")),
    output:
        **outputs_of("evidences"),
    log:
        log_of("evidences"),
    benchmark:
        timing_of("evidences")
    resources:
        mem_mb=2000,
    params:
        **params_of("evidences"),
    message:
        "{params.title}"
    script:
        "../scripts/compare_models.py"


rule infer_observation:
    """The posterior of one observed cluster in the folder observations: NetCDF, a summary and a corner plot."""
    input:
        observation=observation_of,
        emulator=emulator_of,
    output:
        posterior=f"results/{PLAN.experiment}/inferred/{{family}}/{{name}}.nc",
        summary=f"results/{PLAN.experiment}/inferred/{{family}}/{{name}}.txt",
        corner=f"results/{PLAN.experiment}/inferred/{{family}}/{{name}}.svg",
    log:
        f"results/logs/infer_observation/{PLAN.experiment}/{{family}}/{{name}}.log",
    localrule: True
    message:
        "posterior of {wildcards.name} by {wildcards.family}"
    script:
        "../scripts/infer_observation.py"
