"""The section `survival`."""

from nbody_emulator.settings.section import Section, setting


class Survival(Section):
    """When a cluster counts as dissolved, a state in which it has no outputs, neither radii nor speeds nor a share."""

    bound_stars: int = setting(
        7,
        "Fewest bound stars of a cluster that survives, at the time an output is read; of fewer, sizes and speeds are "
        "those of a binary or two",
        ge=0,
        le=1_000_000,
    )
