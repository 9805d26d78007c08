"""The page of a whole run, by its own emulators."""

from test_explore import AGREEMENT, differences

MOST_BYTES = 1_000_000


def test_the_page_of_a_run_answers_as_its_emulators_do(finished, show):
    results = finished.repository.root / "results/test"
    page = show(results / "explore.html")
    found = differences(page, results / "emulators")
    assert next(iter(found)) == "network" and "linear" in found
    assert max(found.values()) < AGREEMENT, found
    assert "N-body simulations of star clusters" in page.locator("#description").text_content()
    assert page.locator(".run").count() > 100
    assert (results / "explore.html").stat().st_size < MOST_BYTES
