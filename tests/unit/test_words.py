"""Words that claim more than was shown: what is called so must be, wherever it stands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("README.md", "CITATION.cff", "docs", "config", "workflow", "src", "benchmarks", "examples")
SUFFIXES = {".md", ".rst", ".py", ".json", ".yaml", ".smk", ".cff"}

CLAIMS = re.compile(
    r"irreducibl|\bchance|\b(no|any) emulator\b[^.]{0,40}\b(can|could)\b|can(not|\s+never)\s+(be\s+)?predict"
    r"|unpredictabl|inherently random",
    re.IGNORECASE,
)
"""True of chaos alone. What the parameters do not fix is another draw of stars, known before the run."""

ALLOWED = re.compile(r"chao(s|tic)", re.IGNORECASE)
"""In a paragraph that speaks of chaos they may stand."""


def texts() -> list[Path]:
    found = [ROOT / place for place in PLACES if (ROOT / place).is_file()]
    for place in PLACES:
        found += [path for path in (ROOT / place).rglob("*") if path.suffix in SUFFIXES]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def claims(text: str) -> list[str]:
    """Paragraphs that make such a claim and do not speak of chaos."""
    paragraphs = re.split(r"\n\s*\n", text)
    return [part for part in paragraphs if CLAIMS.search(" ".join(part.split())) and not ALLOWED.search(part)]


@pytest.mark.parametrize("place", PLACES)
def test_what_the_parameters_do_not_fix_is_not_called_chance(place):
    under = [path for path in texts() if path.relative_to(ROOT).parts[0] == place]
    assert under
    found = {str(path.relative_to(ROOT)): claims(path.read_text(encoding="utf-8")) for path in under}
    assert {path: paragraphs for path, paragraphs in found.items() if paragraphs} == {}


@pytest.mark.parametrize(
    "claim",
    [
        "the irreducible noise",
        "What no emulator can\npredict",
        "no emulator of the mean can explain it",
        "success: it is chance.",
        "what cannot be predicted",
    ],
)
def test_such_claims_are_found_and_of_chaos_allowed(claim):
    assert claims(f"Some text.\n\n{claim}\n") and not claims(f"Of chaos: {claim}")
