"""The section `simulator`: where runs come from that are not of this package's clusters."""

from nbody_emulator.settings.section import Maybe, Section, setting


class TableColumns(Section):
    """Columns of the files that are no parameters and no outputs."""

    point: Maybe[str] = setting(
        None,
        "Column that names the design point of each run: replicates share it; left out, runs of equal parameters do",
    )
    block: Maybe[str] = setting(
        None,
        "Column of the training file with the number of each run's block, from 0 on; left out, a hash of the design "
        "point decides, so that new runs move no old ones",
    )


class TableSimulator(Section):
    """Runs that are there already, in files."""

    table: TableColumns = setting(...)
    about: str = setting("", "What the runs are of, in words that every result carries")


class FunctionSimulator(Section):
    """Runs that a function of yours makes, in blocks, as the workflow asks for them."""

    python: str = setting(
        ...,
        "The function as module:function; it takes the parameters by name and `seed`, and returns the outputs by name, "
        "None or NaN for one that does not exist",
    )
    about: str = setting("", "What the runs are of, in words that every result carries")
