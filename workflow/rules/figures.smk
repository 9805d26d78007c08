# Each figure shows the table of its own name.
rule draw:
    input:
        table=inputs_of("figures", "table"),
    output:
        "results/store/figures/{identity}/figure.svg",
    params:
        specification=specification_of("figures"),
        title=title_of("figures"),
    log:
        "results/logs/figures/{identity}.log",
    benchmark:
        "results/logs/figures/{identity}.tsv"
    message:
        "{params.title}"
    conda:
        "../../envs/lint.yaml"
    script:
        "../scripts/draw.py"
