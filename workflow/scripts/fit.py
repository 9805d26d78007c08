from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.answering import seconds_per_answer
from nbody_emulator.emulators.cross_validation import cross_validated_fit
from nbody_emulator.quantities.tables import read_given
from nbody_emulator.running.notes import ANSWERING, note
from nbody_emulator.settings.rows import FitSettings
from nbody_emulator.storage.netcdf import write

settings, origin = job.settings(FitSettings), job.origin
table = read_given(snakemake.input.summaries, settings, snakemake.input.get("views", ()))
emulator, out_of_fold, record = cross_validated_fit(
    table, settings.changed(identity=origin["identity"]), settings.folds, snakemake.output.fold_emulators
)
write(record.assign_attrs(origin), snakemake.output.fittings)
write(out_of_fold.assign_attrs(origin), snakemake.output.out_of_fold)
emulator.save(snakemake.output.emulator)
note(snakemake.log[0], ANSWERING, {"seconds": seconds_per_answer(emulator)})
job.finish()
