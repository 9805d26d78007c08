"""What a page is told of its experiment."""

from nbody_emulator.settings.section import Section


class PageSettings(Section):
    """The page to play with."""

    title: str
