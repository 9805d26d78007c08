# Scores: tables and metrics from out-of-fold predictions; and, apart, the one look at the sealed test set.
rule tabulate:
    input:
        unpack(all_inputs_of("tables")),
    output:
        "results/store/tables/{identity}/table.csv",
        receipt="results/store/tables/{identity}/receipt.json",
    log:
        "results/logs/tables/{identity}.log",
    benchmark:
        "results/logs/tables/{identity}.tsv"
    localrule: True
    params:
        specification=specification_of("tables"),
        title=title_of("tables"),
    message:
        "{params.title}"
    script:
        "../scripts/tabulate.py"


rule measure:
    input:
        tables=inputs_of("metrics", "tables"),
    output:
        "results/store/metrics/{identity}/metrics.json",
        receipt="results/store/metrics/{identity}/receipt.json",
    log:
        "results/logs/metrics/{identity}.log",
    benchmark:
        "results/logs/metrics/{identity}.tsv"
    localrule: True
    params:
        specification=specification_of("metrics"),
        title=title_of("metrics"),
    message:
        "{params.title}"
    script:
        "../scripts/measure.py"


rule evaluate:
    input:
        emulators=inputs_of("evaluations", "emulators"),
        predictions=inputs_of("evaluations", "predictions"),
        sealed=inputs_of("evaluations", "sealed"),
        witnesses=witnesses,
    output:
        evaluation="results/sealed/evaluations/{identity}/evaluation.json",
        scores="results/sealed/evaluations/{identity}/scores.csv",
        receipt="results/sealed/evaluations/{identity}/receipt.json",
    log:
        "results/logs/evaluations/{identity}.log",
    benchmark:
        "results/logs/evaluations/{identity}.tsv"
    params:
        specification=specification_of("evaluations"),
        title=title_of("evaluations"),
    message:
        "{params.title}"
    script:
        "../scripts/evaluate.py"
