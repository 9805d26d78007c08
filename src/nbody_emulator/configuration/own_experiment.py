"""What experiments with runs of another simulator have in common: parameters and outputs under names of one's own."""

from typing import Annotated

from pydantic import Field

from nbody_emulator.configuration.experiment import Experiment, Heading
from nbody_emulator.configuration.registered import OwnName
from nbody_emulator.quantities.file_of_runs import END, outputs_of
from nbody_emulator.quantities.quantity import Output, Parameter, free_parameters
from nbody_emulator.settings.output import OutputReading
from nbody_emulator.settings.own_quantities import OwnOutput, OwnParameter, OwnParameters
from nbody_emulator.settings.section import setting


class OwnQuantities(Heading):
    """What goes into the simulator, and what comes out."""

    parameters: Annotated[dict[OwnName, OwnParameter], Field(min_length=1)] = setting(
        ..., "What varies from run to run, under the names by which emulators are asked"
    )
    outputs: Annotated[dict[OwnName, OwnOutput], Field(min_length=1)] = setting(
        ..., "What the emulators predict, under names of your own"
    )


class OwnExperiment(Experiment, OwnQuantities):
    """Everything a study of another simulator decides."""

    @property
    def free_parameters(self) -> tuple[Parameter, ...]:
        own = OwnParameters(self.parameters)
        return free_parameters(own.boxes, own.units)

    @property
    def predicted(self) -> tuple[Output, ...]:
        return outputs_of(self.outputs)

    @property
    def output_readings(self) -> dict[str, OutputReading]:
        return {
            name: OutputReading(
                statistic=name, transform=each.transform, time=END, resolution=each.resolution
            )
            for name, each in self.outputs.items()
        }
