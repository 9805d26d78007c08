"""What the documentation site has beyond docs/: a hook of mkdocs, named in mkdocs.yml.

Documents are written for readers of the repository, where a link out of docs/ is a path. On the site such a path leads
to the page that was made of it, or to a copy of the file under repository/. Equations become MathML and the drawing of
the rooms a table, so that nothing is loaded from elsewhere.
"""

import html
import logging
import posixpath
import re
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]
LOG = logging.getLogger("mkdocs.hooks.documentation")

BROUGHT = {
    "config/README.md": "reference/configuration.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Documents beside docs/, and the pages that they are of the site."""

COPIES = "repository"
"""Folder of the site with files that documents point at."""

FENCED = re.compile(r"^(?P<fence> *(?:```|~~~)).*?^(?P=fence)`*$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`[^`\n]*`")
LINK = re.compile(
    r"""(?:(?<=\]\()|(?<=href=")|(?<=src="))(?P<path>[^)"#\s:]+)(?P<anchor>#[^)"\s]*)?(?=[)"])"""
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
EQUATION = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)
ARROW = re.compile(r"^\s*(\w+) --> (\w+)$", re.MULTILINE)
LOADED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\ssrc=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b[^>]*\shref=["']?(?:https?:)?//[^"'\s>]+"""
)


def on_config(config):
    """The drawing of the rooms is not mermaid's to draw, which browsers fetch from elsewhere."""
    fences = config.mdx_configs.setdefault("pymdownx.superfences", {}).setdefault("custom_fences", [])
    fences.append({"name": "mermaid", "class": "rooms", "format": table_of_arrows})
    return config


def on_files(files, config):
    """Adds the pages from beside docs/, and what any page points at."""
    for path, page in BROUGHT.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / path)))
    copied = {target for file in files.documentation_pages() for target in outside(file)}
    for target in sorted(copied):
        copy = f"{COPIES}/{target}"
        files.append(File.generated(config, copy, abs_src_path=str(ROOT / target)))
    return files


def on_page_markdown(markdown, page, config, files):
    """Links as they lead on the site; comments, which say where numbers come from, are for the repository."""
    here = page.file.src_uri

    def led(link):
        target = place_of(resolved(here, link["path"]))
        return posixpath.relpath(target, posixpath.dirname(here) or ".") + (link["anchor"] or "")

    def changed(text):
        # A number and its error stay on one line.
        return LINK.sub(led, COMMENT.sub("\n", text)).replace(" ± ", "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}")

    return outside_code(markdown, changed)


def on_page_content(content, page, config, files):
    """Equations as MathML, which browsers draw without a program."""

    def as_mathml(equation):
        display = "block" if equation["tag"] == "div" else "inline"
        drawn = convert(html.unescape(equation["latex"]).strip(), display=display)
        if "\\" in drawn:
            LOG.warning("%s has an equation that is not understood: %s", page.file.src_uri, equation["latex"])
        return drawn

    return EQUATION.sub(as_mathml, content)


def on_post_page(output, page, config):
    """A page that would load anything from elsewhere is a mistake."""
    for found in LOADED.findall(output):
        LOG.warning("%s loads from elsewhere: %s", page.file.src_uri, found)
    return output


def table_of_arrows(source, language, css_class, options, md, **keywords):
    """Who has arrows to whom, as a table."""
    reached = {}
    for start, end in ARROW.findall(source):
        reached.setdefault(start, []).append(end)
    rows = "".join(
        f"<tr><td><b>{start}</b></td><td>{', '.join(ends)}</td></tr>" for start, ends in reached.items()
    )
    return f"<table><tr><th>room</th><th>may import</th></tr>{rows}</table>"


def outside(file):
    """Paths in the repository, of files that are no pages, at which a page points."""
    for link in links(Path(file.abs_src_path).read_text(encoding="utf-8")):
        target = resolved(file.src_uri, link)
        if (ROOT / target).is_file() and place_of(target).startswith(f"{COPIES}/"):
            yield target


def links(text):
    """Paths that a document points at, without anchors."""
    found = []
    outside_code(text, lambda part: found.extend(LINK.finditer(part)) or part)
    return [link["path"] for link in found]


def outside_code(text, change):
    """The text, changed where it is no code."""
    parts, end = [], 0
    for code in FENCED.finditer(text):
        parts += [_between_code(text[end : code.start()], change), code[0]]
        end = code.end()
    return "".join([*parts, _between_code(text[end:], change)])


def _between_code(text, change):
    parts, end = [], 0
    for code in INLINE.finditer(text):
        parts += [change(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, change(text[end:])])


def resolved(page, path):
    """The path in the repository at which a link of this page points."""
    home = next((beside for beside, brought in BROUGHT.items() if brought == page), f"docs/{page}")
    return posixpath.normpath(posixpath.join(posixpath.dirname(home), path))


def place_of(target):
    """Where on the site a path of the repository is."""
    if target in BROUGHT:
        return BROUGHT[target]
    return target.removeprefix("docs/") if target.startswith("docs/") else f"{COPIES}/{target}"
