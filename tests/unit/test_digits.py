"""What is written with six digits is read as what was written, to six digits, and takes no more room than they do."""

import json

import numpy as np
import pandas as pd

from nbody_emulator.storage.digits import csv_text, json_text
from nbody_emulator.streams import generator

NUMBERS = generator(5, "digits").normal(size=50) * 10.0 ** np.arange(-25, 25)


def test_a_table_keeps_six_digits_and_all_of_its_other_columns(tmp_path):
    words = pd.DataFrame(
        {"name": ["a"] * 49 + [None], "count": np.arange(50) + 10**9, "flag": [True, False] * 25}
    )
    table = words.assign(number=NUMBERS).assign(gap=np.where(NUMBERS > 0, NUMBERS, np.nan))
    (tmp_path / "table.csv").write_text(csv_text(table))
    read = pd.read_csv(tmp_path / "table.csv")
    pd.testing.assert_frame_equal(read[words.columns], words)
    for column in ("number", "gap"):
        np.testing.assert_allclose(read[column], table[column], rtol=5e-6)
        assert read[column].map(lambda value: len(f"{abs(value):e}".split("e")[0].rstrip("0")) <= 7).all()


def test_metrics_keep_six_digits():
    content = {
        "b": [float(value) for value in NUMBERS],
        "a": {"none": None, "many": 10**9, "word": "1.23456789"},
    }
    text = json_text(content)
    read = json.loads(text)
    np.testing.assert_allclose(read["b"], content["b"], rtol=5e-6)
    assert read["a"] == content["a"] and list(read) == ["a", "b"]
    assert json_text(read) == text
