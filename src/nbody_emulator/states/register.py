"""Formats of files of stars: one line adds one."""

from typing import NamedTuple

from nbody_emulator.settings.register import Entry, Register

_ROOM = "nbody_emulator.states"


class FormatFacts(NamedTuple):
    """Of a format: endings of the names of such files, and whether the units of a file must be given."""

    suffixes: tuple[str, ...]
    needs_units: bool = False


FORMATS = Register(
    "format of stars",
    {
        "csv": Entry(f"{_ROOM}.csv_table:CsvTable", FormatFacts((".csv",))),
        "mcluster": Entry(f"{_ROOM}.mcluster:Mcluster", FormatFacts((".txt",))),
        "nbody6": Entry(f"{_ROOM}.nbody6:Nbody6", FormatFacts((".10",), needs_units=True)),
        "netcdf": Entry(f"{_ROOM}.netcdf_state:NetcdfState", FormatFacts((".nc",))),
    },
)
