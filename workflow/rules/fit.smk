# Emulators and their rivals: fits per fold and on everything, trials on smaller sets, and their predictions.
rule fit:
    input:
        summaries=inputs_of("fits", "summaries"),
    output:
        emulator="results/store/fits/{identity}/emulator.eqx",
        record="results/store/fits/{identity}/fitting.nc",
    params:
        specification=specification_of("fits"),
        title=title_of("fits"),
    log:
        "results/logs/fits/{identity}.log",
    benchmark:
        "results/logs/fits/{identity}.tsv"
    resources:
        mem_mb=2000,
    message:
        "{params.title}"
    conda:
        "../../envs/lint.yaml"
    script:
        "../scripts/fit.py"


rule try_fits:
    input:
        training=inputs_of("trials", "training"),
        noise=inputs_of("trials", "noise"),
    output:
        "results/store/trials/{identity}/trial.nc",
    params:
        specification=specification_of("trials"),
        title=title_of("trials"),
    log:
        "results/logs/trials/{identity}.log",
    benchmark:
        "results/logs/trials/{identity}.tsv"
    resources:
        mem_mb=2000,
    message:
        "{params.title}"
    conda:
        "../../envs/lint.yaml"
    script:
        "../scripts/try_fits.py"


rule predict:
    input:
        folds=inputs_of("predictions", "folds"),
        full=inputs_of("predictions", "full"),
        summaries=inputs_of("predictions", "summaries"),
    output:
        "results/store/predictions/{identity}/predictions.nc",
    params:
        specification=specification_of("predictions"),
        title=title_of("predictions"),
    log:
        "results/logs/predictions/{identity}.log",
    benchmark:
        "results/logs/predictions/{identity}.tsv"
    message:
        "{params.title}"
    conda:
        "../../envs/lint.yaml"
    script:
        "../scripts/predict.py"
