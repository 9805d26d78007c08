"""The page to play with: one HTML file that evaluates an emulator, put together from its parts in this folder."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCRIPTS = ("evaluator.js", "chart.js", "explore.js")
_PLACE = re.compile("@([A-Z]+)@")


def explore_page(contents: Mapping[str, Any]) -> str:
    """The text of the page of what `contents.contents` gives; nothing in that can end up as markup or script."""
    style, script = _part("explore.css"), "".join(map(_part, SCRIPTS))
    # Whatever else a browser might find in the page, it loads nothing, and runs and styles by these two alone.
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'"
    filled = {
        "POLICY": policy,
        "TITLE": html.escape(contents["title"]),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": json.dumps(contents, allow_nan=False).replace("<", "\\u003c"),
    }
    return _PLACE.sub(lambda place: filled[place[1]], _part("explore.html"))


def _part(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
