# Each figure shows the table of its own name.
rule draw:
    input:
        table=inputs_of("figures", "table"),
    output:
        "results/store/figures/{identity}/figure.svg",
        receipt="results/store/figures/{identity}/receipt.json",
    log:
        "results/logs/figures/{identity}.log",
    benchmark:
        "results/logs/figures/{identity}.tsv"
    localrule: True
    params:
        specification=specification_of("figures"),
        title=title_of("figures"),
    message:
        "{params.title}"
    script:
        "../scripts/draw.py"
