"""Ask Snakemake, without running anything, what it would make in a copy of this repository.

Every question is answered by a process of its own, with the copy's code; what all of them import is imported once,
in the server they are forked from (`python asking.py`: one JSON question a line in, one JSON answer a line out).
"""

import json
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

EXPORT = "the results under their plain names"


@dataclass(frozen=True)
class Answer:
    """What would be made.

    Attributes:
        files: every output of every job that would run.
        titles: what a person calls each result of the experiment, by path.
    """

    files: tuple[str, ...]
    titles: dict[str, str]

    @cached_property
    def made(self) -> set[str]:
        """Titles of the results that would be made."""
        return {self.titles.get(file, EXPORT) for file in self.files}

    @cached_property
    def every_title(self) -> set[str]:
        """Titles of all results of the experiment."""
        return {*self.titles.values(), EXPORT}


class Server:
    """A process to ask; `with` ends it."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_):
        self.process.communicate()  # closes both ends, and waits

    def ask(self, root: Path, experiment: str = "test", **how) -> Answer:
        """What would be made in the repository at `root`; `how` as in `workflow/explain.py`."""
        question = {"root": str(root), "config": f"config/{experiment}.yaml", "how": how}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return Answer(tuple(answer["files"]), answer["titles"])


def answer(root: str, config: str, how: dict) -> dict:
    """Of a process of its own: it takes on the folder and the code of the copy."""
    os.chdir(root)
    sys.path[:0] = [f"{root}/workflow", f"{root}/src"]
    from explain import files_to_make

    from nbody_emulator.plan.from_configuration import plan_of_file

    files = files_to_make(Path(config), **how)
    artifacts = plan_of_file(Path(config), Path(root)).artifacts
    return {
        "files": sorted(files),
        "titles": {path: artifact.title for artifact in artifacts for path in artifact.paths},
    }


def answer_in_a_child(question: dict, output: int) -> None:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        told = answer(**question)
    except BaseException:  # Snakefiles end by SystemExit
        told = {"error": traceback.format_exc()}
    os.write(output, (json.dumps(told) + "\n").encode())
    os._exit(0)


def serve() -> None:
    import jsonschema  # noqa: F401
    import snakemake.api
    import snakemake.cli  # noqa: F401

    output = os.dup(1)
    os.dup2(2, 1)  # what Snakemake says is no answer
    for line in sys.stdin:
        answer_in_a_child(json.loads(line), output)


if __name__ == "__main__":
    serve()
