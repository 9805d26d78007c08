import sys

sys.stderr = open(snakemake.log[0], "w", buffering=1)

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.figures.corner import Shown, draw
from nbody_emulator.figures.save import save
from nbody_emulator.inference.methods import infer
from nbody_emulator.inference.observation_file import read_observation
from nbody_emulator.settings.figure_style import Style
from nbody_emulator.storage.files import write_text

found = infer(Emulator.load(snakemake.input.emulator), *read_observation(snakemake.input.observation))
posterior = found.posterior
found.save(snakemake.output.posterior)
write_text(snakemake.output.summary, f"{found}\n")
shown = Shown("", posterior.fractions, posterior.weights, truth={})
corner = draw(posterior.parameters, [shown], Style()).get_figure(root=True)
save(corner, "Posterior densities of every parameter and pair of parameters.", snakemake.output.corner)
