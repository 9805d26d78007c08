"""What README.md, docs/findings.md and docs/inference.md say was found is what the published files say."""

import runpy
from pathlib import Path

import pytest

from nbody_emulator.emulators.register import in_a_sentence
from nbody_emulator.evaluation.recommendation_told import recommendation

ROOT = Path(__file__).resolve().parents[2]
WRITER = runpy.run_path(str(ROOT / "workflow/findings.py"))


@pytest.mark.parametrize("place", WRITER["PLACES"], ids=lambda place: f"{place.document}, {place.experiment}")
def test_documents_say_what_was_published(place):
    document = (ROOT / place.document).read_text(encoding="utf-8")
    assert document == WRITER["with_findings"](document, place)


@pytest.mark.parametrize(
    "experiment", ["laptop", "full", "mergers", "observables", "profiles", "course", "stars"]
)
def test_the_recommendation_says_who_is_ahead_of_whom(experiment):
    published = WRITER["read_published"](ROOT / "results/published" / experiment)
    rows = published.comparison.set_index("family")
    chosen, best = (published.metrics["recommended"][key] for key in ("family", "best"))
    told = recommendation(published.comparison.to_dict("records"), published.metrics["recommended"])
    _, better, rest = told.partition(" better (one nat better")
    if chosen == best:
        next_one = rows.drop(best).difference.idxmin()
        assert in_a_sentence(chosen) in told and in_a_sentence(next_one) in rest
        distance = rows.difference[next_one]
    else:
        assert told.index(in_a_sentence(chosen)) < told.index(f"The best is {in_a_sentence(best)}")
        distance = rows.difference[chosen]
    assert better and f"{distance:.3f} ± " in told
    assert told.count("inear regression") == 1
