from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.fates.cross_validation import cross_validated_fates
from nbody_emulator.fates.star_rows import read_star_rows
from nbody_emulator.settings.fates import FateFitting
from nbody_emulator.storage.netcdf import write

settings, origin = job.settings(FateFitting), job.origin
rows = read_star_rows(snakemake.input.stars, settings.sources)
emulator, out_of_fold, record = cross_validated_fates(rows, settings.changed(identity=origin["identity"]))
write(record.assign_attrs(origin), snakemake.output.fittings)
write(out_of_fold.assign_attrs(origin), snakemake.output.fate_predictions)
emulator.save(snakemake.output.classifier)
job.finish()
