"""Parameters and outputs as a person reads them; not in `quantities`, for a word must rerun no simulation."""

from nbody_emulator.quantities.quantity import Covariate, Output, Parameter, cluster_columns


def with_unit(text: str, unit: str) -> str:
    """The text followed by its unit; nothing follows where the unit is 1."""
    return text if unit == "1" else f"{text} {unit}"


def box_of(parameter: Parameter) -> str:
    """Its range, such as `0.5 to 2 pc`; of what has no box what it can be."""
    if isinstance(parameter, Covariate):
        return with_unit("above 0" if parameter.scale == "log" else "any number", parameter.unit)
    return with_unit(f"{parameter.minimum:g} to {parameter.maximum:g}", parameter.unit)


def boxes_of(parameters: tuple[Parameter, ...]) -> str:
    """Every parameter with its range, and that single stars are given, if they are."""
    told = parameters[: cluster_columns(parameters)]
    stars = ["every star"] if len(told) < len(parameters) else []
    return ", ".join([f"{parameter.name} ({box_of(parameter)})" for parameter in told] + stars)


def names_of(outputs: tuple[Output, ...]) -> str:
    """Every output with its unit."""
    return ", ".join(with_unit(output.name, output.unit) for output in outputs)
