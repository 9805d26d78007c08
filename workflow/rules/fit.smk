# Emulators and their rivals: fitted to all training runs and without each fold, and to smaller sets; what they predict.
rule fit:
    input:
        summaries=inputs_of("fits", "summaries"),
    output:
        emulator="results/store/fits/{identity}/emulator.eqx",
        out_of_fold="results/store/fits/{identity}/out_of_fold.nc",
        record="results/store/fits/{identity}/fitting.nc",
        receipt="results/store/fits/{identity}/receipt.json",
    log:
        "results/logs/fits/{identity}.log",
    benchmark:
        "results/logs/fits/{identity}.tsv"
    resources:
        mem_mb=2000,
    params:
        specification=specification_of("fits"),
        title=title_of("fits"),
    message:
        "{params.title}"
    script:
        "../scripts/fit.py"


rule try_fits:
    input:
        training=inputs_of("trials", "training"),
        noise=inputs_of("trials", "noise"),
    output:
        "results/store/trials/{identity}/trial.nc",
        receipt="results/store/trials/{identity}/receipt.json",
    log:
        "results/logs/trials/{identity}.log",
    benchmark:
        "results/logs/trials/{identity}.tsv"
    resources:
        mem_mb=2000,
    params:
        specification=specification_of("trials"),
        title=title_of("trials"),
    message:
        "{params.title}"
    script:
        "../scripts/try_fits.py"


rule predict:
    input:
        emulators=inputs_of("predictions", "emulators"),
        out_of_fold=inputs_of("predictions", "out_of_fold"),
        summaries=inputs_of("predictions", "summaries"),
    output:
        "results/store/predictions/{identity}/predictions.nc",
        receipt="results/store/predictions/{identity}/receipt.json",
    log:
        "results/logs/predictions/{identity}.log",
    benchmark:
        "results/logs/predictions/{identity}.tsv"
    params:
        specification=specification_of("predictions"),
        title=title_of("predictions"),
    message:
        "{params.title}"
    script:
        "../scripts/predict.py"
