"""What tells others of this software, and what installs it elsewhere, says what pyproject.toml and the locks say."""

import json
import re
import runpy
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((ROOT / "envs/environment.yaml").read_text(encoding="utf-8"))
CI = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

INSTRUCTIONS = [
    line.split(maxsplit=1)
    for line in (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    if line and not line.startswith("#")
]
"""Of the recipe: word and what follows, lines joined."""


def told(word: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == word]


def test_the_citation_has_what_its_format_asks_for_and_is_of_this_version():
    assert CITATION["cff-version"] == "1.2.0" and CITATION["type"] == "software"
    assert all(
        isinstance(CITATION[name], str) and CITATION[name] for name in ("message", "title", "abstract")
    )
    assert CITATION["authors"] and all(author.get("name") for author in CITATION["authors"])
    assert len(set(CITATION["keywords"])) == len(CITATION["keywords"]) > 0
    assert (str(CITATION["version"]), CITATION["license"]) == (PROJECT["version"], PROJECT["license"])


def test_codemeta_is_what_is_written_of_both():
    writer = runpy.run_path(str(ROOT / "workflow/codemeta.py"))
    assert writer["text"]() == (ROOT / "codemeta.json").read_text(encoding="utf-8")
    assert json.loads(writer["text"]())["version"] == PROJECT["version"]
    assert "workflow/codemeta.py" in MAKEFILE


def test_conda_brings_python_and_make_and_the_lock_all_else_by_hash():
    assert CONDA["name"] == PROJECT["name"] and CONDA["channels"] == ["conda-forge", "nodefaults"]
    *programs, packages = CONDA["dependencies"]
    assert [program.partition("=")[0] for program in programs] == ["python", "pip", "make"]
    assert packages == {"pip": ["--require-hashes", "-r cpu.lock"]}
    assert "$(call install,.venv,cpu," in MAKEFILE and (ROOT / "envs/cpu.lock").is_file()


def test_one_python_is_meant_everywhere():
    (conda,) = (each for each in CONDA["dependencies"] if str(each).startswith("python="))
    (image,) = (each for each in told("ARG") if each.startswith("BASE=python:"))
    steps = CI["jobs"]["test"]["steps"]
    (ci,) = (step["with"]["python-version"] for step in steps if "setup-python" in step.get("uses", ""))
    assert conda == f"python={ci}"
    assert re.fullmatch(
        rf"BASE=python:{re.escape(ci)}-slim-[a-z]+", image
    )  # a tag that names Debian, never `latest`
    assert told("FROM") == ["${BASE}"]


def test_the_image_installs_as_anywhere_and_runs_as_nobody_in_particular():
    words = [name for name, _ in INSTRUCTIONS]
    assert INSTRUCTIONS[-3:-1] == [["RUN", "make install"], ["ENTRYPOINT", '["make"]']]
    assert told("USER") == ["researcher"] and words.index("USER") < words.index("WORKDIR")
    assert "--require-hashes" in MAKEFILE.partition("define install")[2].partition("endef")[0]
    (help_target,) = json.loads(told("CMD")[0])
    for target in (help_target, "install"):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)
    (copied,) = told("COPY")
    assert copied.split() == ["--chown=researcher", ".", told("WORKDIR")[0]]


def test_an_image_is_given_nothing_that_git_ignores():
    def names(file: str) -> set[str]:
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        patterns = (line for line in lines if line and not line.startswith("#"))
        return {pattern.replace("!/", "!").removeprefix("**/").strip("/") for pattern in patterns}

    assert names(".gitignore") | {".git"} <= names(".dockerignore")
