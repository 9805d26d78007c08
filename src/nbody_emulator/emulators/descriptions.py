"""Parameters and outputs as a person reads them; not in `quantities`, for a word must rerun no simulation."""

from nbody_emulator.quantities.quantity import Output, Parameter


def with_unit(text: str, unit: str) -> str:
    """The text followed by its unit; nothing follows where the unit is 1."""
    return text if unit == "1" else f"{text} {unit}"


def box_of(parameter: Parameter) -> str:
    """Its range, such as `0.5 to 2 pc`."""
    return with_unit(f"{parameter.minimum:g} to {parameter.maximum:g}", parameter.unit)


def boxes_of(parameters: tuple[Parameter, ...]) -> str:
    """Every parameter with its range."""
    return ", ".join(f"{parameter.name} ({box_of(parameter)})" for parameter in parameters)


def names_of(outputs: tuple[Output, ...]) -> str:
    """Every output with its unit."""
    return ", ".join(with_unit(output.name, output.unit) for output in outputs)
