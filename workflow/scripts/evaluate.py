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
used = map(Emulator.load, files.get("emulator", []))
posteriors = [judge_sealed(each, table, settings.posterior_points, settings.seed) for each in used]
judged = SealedPosteriors(posteriors, files.get("posteriors", []))
unsealed, comparison = files.predictions[0], files.comparison[0]
found = evaluate_files(*sealed, unsealed, comparison, files.witnesses, settings, judged)
write_text(snakemake.output.evaluation, json_text(found.metrics))
write_text(snakemake.output.scores, csv_text(found.scores))
write_text(snakemake.output.table, csv_text(found.sealed_test))
job.finish()
