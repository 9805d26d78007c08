"""Figures inside a page: SVG whose names and styles stay its own, and what it says of itself."""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NAMED = ("aria-labelledby", "aria-describedby")

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


@dataclass(frozen=True)
class InlineFigure:
    """A figure to be put into a page.

    Attributes:
        name: the file's, without its suffix.
        markup: the element `svg`.
        title: its finding in one sentence; its name where it has none.
        description: what it shows, without the title that its alternative text begins with; "" where nothing is said.
        width: of the drawing [CSS pixels].
    """

    name: str
    markup: str
    title: str
    description: str
    width: float


def inline(path: Path) -> InlineFigure:
    """The figure at `path`, every name in it behind that of the figure: no two of a page are alike then.

    Raises:
        ValueError: the file is no SVG with a `viewBox`.
    """
    root = _root(path)
    title, described = (_said(root, tag) for tag in ("title", "desc"))
    description = described.removeprefix(title).strip()
    prefix = f"{path.stem}-"
    for element in root.iter():
        _rename(element, prefix)
    _drop(root, "metadata")
    root.set("id", f"{prefix}svg")
    for style in root.iter(f"{{{SVG}}}style"):
        style.text = f"#{prefix}svg {{ {style.text or ''} }}"
    width = float(root.get("viewBox", "").split()[2]) * 96.0 / 72.0
    for attribute in ("width", "height"):
        root.attrib.pop(attribute, None)
    markup = ElementTree.tostring(root, encoding="unicode")
    return InlineFigure(path.stem, markup, title or path.stem.replace("_", " "), description, width)


def texts(path: Path) -> str:
    """Every letter that the figure writes."""
    return "".join("".join(element.itertext()) for element in _root(path).iter(f"{{{SVG}}}text"))


def _root(path: Path) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except ElementTree.ParseError as error:
        raise ValueError(f"{path}: no SVG ({error}); make it again") from None
    if root.tag != f"{{{SVG}}}svg" or len(root.get("viewBox", "").split()) != 4:
        raise ValueError(f"{path}: no SVG with a viewBox; make it again")
    return root


def _said(root: ElementTree.Element, tag: str) -> str:
    return " ".join((root.findtext(f"{{{SVG}}}{tag}") or "").split())


def _rename(element: ElementTree.Element, prefix: str) -> None:
    for name, value in element.attrib.items():
        if name == "id":
            element.set(name, prefix + value)
        elif name in (f"{{{XLINK}}}href", "href") and value.startswith("#"):
            element.set(name, f"#{prefix}{value[1:]}")
        elif name in _NAMED:
            element.set(name, " ".join(prefix + each for each in value.split()))
        elif "url(#" in value:
            element.set(name, _REFERENCE.sub(rf"url(#{prefix}\1)", value))


def _drop(root: ElementTree.Element, tag: str) -> None:
    for child in root.findall(f"{{{SVG}}}{tag}"):
        root.remove(child)
