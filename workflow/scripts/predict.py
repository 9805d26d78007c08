from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.fold_emulators import load_each
from nbody_emulator.emulators.rows import predict_open
from nbody_emulator.quantities.tables import read_given
from nbody_emulator.settings.rows import Reading
from nbody_emulator.storage.netcdf import read, write

files, settings = snakemake.input, job.settings(Reading)
predictions = predict_open(
    map(Emulator.load, files.emulators),
    read_given(files.summaries, settings, files.get("views", ())),
    map(read, files.out_of_fold),
    map(load_each, files.fold_emulators),
)
write(predictions.assign_attrs(job.origin), snakemake.output[0])
job.finish()
