# Each figure shows the table of its own name; that of the test set lies beside it, sealed.
rule draw:
    """One figure."""
    input:
        unpack(inputs_of("figures")),
    output:
        **outputs_of("figures"),
    log:
        log_of("figures"),
    benchmark:
        timing_of("figures")
    localrule: True
    params:
        **params_of("figures"),
    message:
        "{params.title}"
    script:
        "../scripts/draw.py"


use rule draw as draw_sealed with:
    output:
        **outputs_of("figures", "sealed"),
