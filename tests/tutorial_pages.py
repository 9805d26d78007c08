"""Tutorials: notebooks kept as text in docs/tutorials, run in a fresh kernel, and the pages made of them.

`make tutorials` writes the pages.
"""

import base64
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
from finished_run import ROOT, Repository, fresh_copy
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path("docs/tutorials")
RERUNS = "change_and_rerun"
"""The tutorial that wants a checkout in which the `test` experiment has been run."""
NAMES = ("load_and_predict", "own_table", RERUNS)
NEAR = "near"
"""Tag of a cell whose numbers come of random walks or long searches: another processor's lie near them."""
SHELL = "%%bash\n"
HEAD = (
    "*Written by `make tutorials` from [{name}.py]({name}.py), a notebook kept as text: "
    "`jupytext --to notebook {name}.py` makes one to run.*"
)
LONGEST_CELL = 600
"""Seconds, on a busy machine."""


@dataclass(frozen=True)
class Block:
    """A piece of a page: text, a cell's code, or what came out of it.

    Attributes:
        text: in Markdown.
        picture: what the text shows, as PNG, under the name it shows it by; None if there is none.
        near: whether its numbers need only be near.
    """

    text: str
    picture: tuple[str, bytes] | None = None
    near: bool = False


def executed(name: str, checkout: Repository) -> NotebookNode:
    """The notebook of this name after a run in `checkout`, whose commands of make work without an installation."""
    notebook = jupytext.read(checkout.root / FOLDER / f"{name}.py")
    made_here = checkout.root / ".made_here"
    made_here.write_text(str(checkout.root))
    variables = f"BIN={ROOT / '.venv/bin'} INSTALLED={made_here} CORES=2"
    # tqdm would like a bar that no page can hold; once a day ArviZ tells of its next version.
    quiet = "ignore:IProgress not found,ignore::FutureWarning:arviz"
    environment = checkout.environment | {"MAKEFLAGS": f"s -- {variables}", "PYTHONWARNINGS": quiet}
    resources = {"metadata": {"path": str(checkout.root / FOLDER)}}
    client = NotebookClient(
        notebook, timeout=LONGEST_CELL, kernel_name="python3", resources=resources, coalesce_streams=True
    )
    return client.execute(env=environment)


def blocks(name: str, notebook: NotebookNode) -> Iterator[Block]:
    """The page of an executed notebook.

    Raises:
        ValueError: a cell warns, or shows what no page can hold.
    """
    yield Block(HEAD.format(name=name))
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield Block(cell.source)
            continue
        language = "bash" if cell.source.startswith(SHELL) else "python"
        yield Block(f"```{language}\n{cell.source.removeprefix(SHELL)}\n```")
        near = NEAR in cell.metadata.get("tags", ())
        for output in cell.outputs:
            yield _shown(output, f"{name}_{place}.png", near)


def _shown(output: NotebookNode, picture: str, near: bool) -> Block:
    if output.output_type == "stream" and output.name == "stdout":
        return Block(_fenced(output.text), near=near)
    data = output.get("data", {})
    if "image/png" in data:
        return Block(f"![]({picture})", picture=(picture, base64.b64decode(data["image/png"])))
    if "text/plain" in data:
        return Block(_fenced(data["text/plain"]), near=near)
    raise ValueError(f"no page can show this: {output}")


def _fenced(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.rstrip().splitlines())
    return f"```text\n{lines}\n```"


def page_of(made: list[Block]) -> str:
    return "\n\n".join(block.text for block in made) + "\n"


def write(name: str, made: list[Block]) -> None:
    folder = ROOT / FOLDER
    for old in folder.glob(f"{name}_*.png"):
        old.unlink()
    for block in made:
        if block.picture:
            folder.joinpath(block.picture[0]).write_bytes(block.picture[1])
    folder.joinpath(f"{name}.md").write_text(page_of(made), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            checkout = fresh_copy(Path(folder) / "repository")
            if name == RERUNS:
                checkout.snakemake()
            write(name, list(blocks(name, executed(name, checkout))))
