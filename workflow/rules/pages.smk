# A page that answers by itself: an emulator, real runs and the script that evaluates it, in one file.
rule write_page:
    """The page to play with."""
    input:
        unpack(inputs_of("pages")),
    output:
        **outputs_of("pages"),
    log:
        log_of("pages"),
    benchmark:
        timing_of("pages")
    localrule: True
    params:
        **params_of("pages"),
    message:
        "{params.title}"
    script:
        "../scripts/write_page.py"
