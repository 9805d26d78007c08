"""What documents say of fates: first what was not told, every classifier, and alarms that are of no use."""

import pandas as pd
import pytest
from figures_data import as_read, fates

from nbody_emulator.evaluation import fates_findings
from nbody_emulator.evaluation.published_numbers import Published

TABLE = fates("fates", 2, 0.02)


def told(**changes: float) -> str:
    """Of the table with these numbers of the second study, where it says nothing of the first one."""
    table = as_read(TABLE)
    for name, value in changes.items():
        table.loc[table["study"] == "hardest_binary", name] = value
    return fates_findings.fates(Published({}, {}, pd.DataFrame(), {"fates": table}))


def test_a_fate_that_nothing_tells_comes_first_and_is_said_not_to_be_decided():
    undecided = told(difference=-0.05, difference_standard_error=0.025)
    answer = undecided.split("\n")[0]
    assert "0.050 ± 0.025, no more than its error decides" in answer
    assert answer.index("hardest binary") < answer.index("escaped") and answer.count("decides") == 1
    decided = told(difference=-0.05, difference_standard_error=0.024).split("\n")[0]
    assert decided.index("escaped") < decided.index("hardest binary") and "decides" not in decided


def test_alarms_that_cost_what_a_constant_does_are_named():
    for cost, named in ((0.2, 5), (0.19, 0)):
        of_no_use = [
            line for line in told(cost=cost, cost_of_constant=0.2).split("\n") if "always and never:" in line
        ]
        assert len(of_no_use) == (named > 0)
        assert all(line.count("is in the hardest binary") == named for line in of_no_use)
    assert "no alarm" in told(precision=float("nan"))


@pytest.mark.parametrize(("column", "digits"), [("log_score", 3), ("brier", 3), ("auc", 3), ("cost", 3)])
def test_every_number_stands_in_the_line_of_its_classifier(column, digits):
    lines = told().replace("**", "").split("\n")
    for row in TABLE[~TABLE["is_reference"]].to_dict("records"):
        start = f"| {row['happening']} | {row['label']} | "
        own = [line for line in lines if line.startswith(start)]
        assert len(own) == 2
        assert sum(f"| {row[column]:.{digits}f} " in line for line in own) == 1
