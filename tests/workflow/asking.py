"""Ask Snakemake what it would make in a copy of this repository, or have it run there.

Every question is answered by a process of its own, with the copy's code; what all of them import is imported once,
in the server they are forked from (`python asking.py`: one JSON question a line in, one JSON answer a line out).
"""

import json
import os
import subprocess
import sys
import tempfile
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
        told = self._answer(root, "would_make", config=f"config/{experiment}.yaml", how=how)
        return Answer(tuple(told["files"]), told["titles"])

    def refusal(self, root: Path, *arguments: str, experiment: str = "test") -> str:
        """What Snakemake says when it is run there as `make` does and refuses."""
        options = ["--cores", "2", "--configfile", f"config/{experiment}.yaml"]
        told = self._answer(root, "run", arguments=[*arguments, *options])
        assert told["status"] != 0, told["said"]
        return told["said"]

    def _answer(self, root: Path, kind: str, **question) -> dict:
        self.process.stdin.write(json.dumps({"root": str(root), "kind": kind, "question": question}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer


def would_make(config: str, how: dict) -> dict:
    """Every output of every job that would run, and what each result is called."""
    from explain import files_to_make

    from nbody_emulator.plan.from_configuration import plan_of_file

    files = files_to_make(Path(config), **how)
    return {"files": sorted(files), "titles": titles_of(plan_of_file(Path(config), Path.cwd()).artifacts)}


def run(arguments: list[str]) -> dict:
    """How Snakemake ends with these arguments, and all that it says."""
    import snakemake.cli

    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        try:
            snakemake.cli.main(arguments)
        except SystemExit as ended:
            status = ended.code
        sys.stdout.flush()
        sys.stderr.flush()
        said.seek(0)
        return {"status": status, "said": said.read().decode()}


def answer(root: str, kind: str, question: dict) -> dict:
    """Of a process of its own: it takes on the folder and the code of the copy."""
    os.chdir(root)
    os.environ["PYTHONPATH"] = f"{root}/src"
    sys.path[:0] = [f"{root}/workflow", f"{root}/src"]
    return {"would_make": would_make, "run": run}[kind](**question)


def titles_of(artifacts) -> dict[str, str]:
    """What a person calls each result, by path."""
    return {path: artifact.title for artifact in artifacts for path in artifact.paths}


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
    import snakemake.cli

    snakemake.cli.get_argument_parser()  # imports every plugin
    output = os.dup(1)
    os.dup2(2, 1)  # what Snakemake says is no answer
    for line in sys.stdin:
        answer_in_a_child(json.loads(line), output)


if __name__ == "__main__":
    serve()
