"""The picture of the page in README.md: `python workflow/picture.py results/laptop/explore.html docs/explore.png`."""

import argparse
import runpy
import shutil
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
OWN_TREE = runpy.run_path(str(TREE / "src/nbody_emulator/running/own_tree.py"))
OWN_TREE["exit_if_foreign"](TREE)

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1200, 800
MOVED = 0.35
"""Where the first slider is put, as a share of its way."""


def take(page: Path, picture: Path, browser: str) -> None:
    """Open `page` in a window and save what is seen of it."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--headless", "--no-sandbox"])
        window = opened.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        window.goto(page.resolve().as_uri())
        slider = window.locator("input[type=range]").first
        slider.fill(str(round(MOVED * float(slider.get_attribute("max") or 1))))
        slider.blur()
        window.screenshot(path=picture)
        opened.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or sys.exit("no chromium on PATH; as root run tests/browser/install")
    if not asked.page.exists():
        sys.exit(f"there is no {asked.page}; make results writes it")
    take(asked.page, asked.picture, chromium)
