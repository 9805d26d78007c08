"""The section `duration`."""

from nbody_emulator.settings.section import Maybe, OneKey, setting


class Duration(OneKey):
    """How long a run lasts; exactly one of its keys."""

    time: Maybe[float] = setting(
        None, "Duration as a time, the same for every run", "units.time", ge=1e-12, le=1e12
    )
    crossing_times: Maybe[float] = setting(
        None,
        "Duration in crossing times sqrt(scale_radius^3 / (G M)) of the run's own",
        "crossing time",
        ge=1e-6,
        le=1e6,
    )
