"""The section `cluster.initial_conditions`: where stars are that are not drawn."""

from nbody_emulator.settings.parameters import LENGTH_UNIT
from nbody_emulator.settings.section import Maybe, Section, setting


class InitialConditions(Section):
    """Stars that are there already, in place of stars, profile, segregation and masses: those of a file, or for each
    run those of one of the files in a folder, drawn by the run's own random stream; exactly one of file and folder.
    They are taken as they are, or rescaled where parameters give scale_radius (of the Plummer sphere with the stars'
    virial radius) or virial_ratio.
    """

    file: Maybe[str] = setting(None, "Stars of every run; a path from the repository's root on")
    folder: Maybe[str] = setting(
        None, "A folder of such files, all of which are taken; those whose names begin with a dot are not"
    )
    format: Maybe[str] = setting(
        None,
        "Format of the files; left out: by the ending, .csv, .txt (mcluster), .10 (nbody6) or .nc (netcdf)",
    )
    mass_unit: Maybe[float] = setting(
        None,
        "What 1 is in files of the format nbody6: of mcluster's the cluster's mass",
        "Msun",
        ge=1e-12,
        le=1e16,
    )
    length_unit: Maybe[float] = setting(
        None,
        "What 1 is in files of the format nbody6: of mcluster's the virial radius",
        LENGTH_UNIT,
        ge=1e-12,
        le=1e12,
    )
