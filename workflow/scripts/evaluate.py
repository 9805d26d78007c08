from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.fold_emulators import load_each
from nbody_emulator.emulators.rows import predict_sealed
from nbody_emulator.evaluation.test_set import SealedPosteriors, evaluate_files
from nbody_emulator.inference.posteriors import judge_sealed
from nbody_emulator.quantities.tables import read_table
from nbody_emulator.settings.rows import EvaluationSettings
from nbody_emulator.storage.digits import csv_text, json_text
from nbody_emulator.storage.files import write_text

files, settings = snakemake.input, job.settings(EvaluationSettings)
table = read_table(files.sealed, settings)
sealed = predict_sealed(files.emulators, table, map(load_each, files.fold_emulators))
posteriors = [
    judge_sealed(Emulator.load(path), table, settings.posterior_points, settings.seed)
    for path in files.get("emulator", [])
]
evaluation, scores = evaluate_files(
    *sealed,
    files.predictions[0],
    files.comparison[0],
    files.witnesses,
    settings,
    SealedPosteriors(posteriors, files.get("posteriors", [])),
)
write_text(snakemake.output.evaluation, json_text(evaluation))
write_text(snakemake.output.scores, csv_text(scores))
job.finish()
