"""The letters of figures, inside the page: their texts stand where they were measured, on any machine."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path

FAMILY = "DejaVu Sans"
STYLES = {
    "DejaVuSans.ttf": "font-style: normal; font-weight: 400",
    "DejaVuSans-Oblique.ttf": "font-style: italic; font-weight: 400",
    "DejaVuSans-Bold.ttf": "font-style: normal; font-weight: 700",
}
"""Files that come with matplotlib, and which of a text's styles each is for."""


def font_faces(letters: str) -> str:
    """CSS that has the font in it, but of no other letters than these."""
    return "\n".join(_faces(letters)) if letters.strip() else ""


def _faces(letters: str) -> Iterator[str]:
    import matplotlib  # takes long

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for file, style in STYLES.items():
        data = base64.b64encode(_subset(folder / file, letters)).decode()
        yield (
            f"@font-face {{ font-family: '{FAMILY}'; {style}; "
            f"src: url(data:font/woff;base64,{data}) format('woff'); }}"
        )


def _subset(path: Path, letters: str) -> bytes:
    """The font as WOFF, whose compression needs nothing that is not in Python."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(hinting=False, notdef_outline=True, layout_features=["kern"])
    options.drop_tables += ["FFTM"]  # dates of its making
    font = TTFont(path, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=letters)
    subsetter.subset(font)
    font.flavor = "woff"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
