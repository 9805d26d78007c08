# Design points to simulated clusters to summary statistics, one block of runs at a time.
rule simulate:
    output:
        "results/store/simulations/{identity}/simulation.nc",
        receipt="results/store/simulations/{identity}/receipt.json",
    log:
        "results/logs/simulations/{identity}.log",
    benchmark:
        "results/logs/simulations/{identity}.tsv"
    resources:
        mem_mb=2000,
    params:
        specification=specification_of("simulations"),
        title=title_of("simulations"),
    message:
        "{params.title}"
    script:
        "../scripts/simulate.py"


rule summarize:
    input:
        simulation=inputs_of("summaries", "simulation"),
    output:
        "results/store/summaries/{identity}/summary.nc",
        receipt="results/store/summaries/{identity}/receipt.json",
    log:
        "results/logs/summaries/{identity}.log",
    benchmark:
        "results/logs/summaries/{identity}.tsv"
    params:
        specification=specification_of("summaries"),
        title=title_of("summaries"),
    message:
        "{params.title}"
    script:
        "../scripts/summarize.py"


use rule simulate as simulate_sealed with:
    output:
        "results/sealed/simulations/{identity}/simulation.nc",
        receipt="results/sealed/simulations/{identity}/receipt.json",


use rule summarize as summarize_sealed with:
    output:
        "results/sealed/summaries/{identity}/summary.nc",
        receipt="results/sealed/summaries/{identity}/receipt.json",


rule gather:
    input:
        summaries=inputs_of("datasets", "summaries"),
    output:
        "results/store/datasets/{identity}/dataset.nc",
        runs="results/store/datasets/{identity}/runs.csv",
        receipt="results/store/datasets/{identity}/receipt.json",
    log:
        "results/logs/datasets/{identity}.log",
    benchmark:
        "results/logs/datasets/{identity}.tsv"
    params:
        specification=specification_of("datasets"),
        title=title_of("datasets"),
    message:
        "{params.title}"
    script:
        "../scripts/gather.py"
