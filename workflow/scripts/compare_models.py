from nbody_emulator.running.stage_job import StageJob

job = StageJob(snakemake)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.model_evidences import evidences_of_runs, read_each
from nbody_emulator.settings.evidence import EvidenceSettings
from nbody_emulator.storage.netcdf import write

files, settings = snakemake.input, job.settings(EvidenceSettings)
evidences = evidences_of_runs(
    dict(zip(settings.models, map(Emulator.load, files.emulator), strict=True)),
    read_each(files.summaries, settings),
    settings.points,
)
write(evidences.assign_attrs(job.origin), snakemake.output[0])
job.finish()
