"""What a page is made of, without a browser: which models answer, which runs are dots, and that it is one file."""

import base64
import hashlib
import json
import math
import re

import numpy as np
import pytest
from pages_samples import OUTPUTS, scores, some_runs, stored

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.pages import contents as of_page
from nbody_emulator.pages.contents import contents
from nbody_emulator.pages.explore import explore_page


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("emulators")
    return {name: stored(name, folder) for name in ("linear", "polynomial", "forest", "laplace", "network")}


@pytest.fixture
def shown(files):
    parameters = Emulator.load(files["linear"]).parameters

    def of(*families, recommended, runs=100):
        given = some_runs(parameters, OUTPUTS, runs)
        return contents([files[name] for name in families], given, scores(families, recommended), "planted")

    return of


def numbers_of(model) -> int:
    return sum(math.prod(each["shape"]) for part in model["parts"].values() for each in part.values())


def families_of(page) -> list[str]:
    return [model["family"] for model in page["models"]]


def test_the_best_network_answers_first_then_the_recommended_family(shown):
    page = shown("linear", "polynomial", "laplace", "network", recommended="polynomial")
    assert families_of(page) == ["network", "polynomial", "linear", "laplace"]
    page = shown("network", "laplace", "linear", recommended="linear")
    assert families_of(page) == ["laplace", "linear", "network"]


def test_without_a_network_the_recommended_family_answers_or_else_the_simplest(shown):
    assert families_of(shown("linear", "polynomial", recommended="polynomial")) == ["polynomial", "linear"]
    page = shown("linear", "polynomial", "forest", recommended="forest")
    assert families_of(page) == ["linear", "polynomial"]
    assert page["recommended"] == {
        "label": "the random forest",
        "in_page": False,
        "nll": 0.98,
        "nll_error": 0.02,
    }


def test_what_does_not_fit_is_left_out_and_the_first_comes_first(shown, monkeypatch):
    page = shown("linear", "polynomial", "network", recommended="polynomial")
    sizes = {model["family"]: numbers_of(model) for model in page["models"]}
    monkeypatch.setattr(of_page, "MOST_NUMBERS", sizes["network"] + sizes["linear"])
    assert families_of(shown("linear", "polynomial", "network", recommended="polynomial")) == [
        "network",
        "linear",
    ]


def test_dots_are_usable_runs_evenly_thinned_with_five_digits(shown):
    page = shown("linear", recommended="linear", runs=5001)
    parameters, outputs = (np.array(page["runs"][name], dtype=float) for name in ("parameters", "outputs"))
    assert len(parameters) == len(outputs) == of_page.MOST_RUNS
    missing = np.isnan(outputs).all(axis=1).mean()
    assert 0.05 < missing < 0.15
    assert all(float(f"{value:.5g}") == value for value in parameters.ravel())


def test_a_page_is_one_file_that_runs_its_own_script_alone(shown):
    text = explore_page(shown("linear", "network", recommended="linear"))
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text and "default-src 'none'" in text
    assert not re.search(r"@[A-Z]+@|<link|<script src|<img|https?:(?!//www\.w3\.org/2000/svg)", text)
    data = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(data)["title"] == "planted"
