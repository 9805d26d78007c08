"""A remedy that a message gives is applied, and the complaint is gone."""

import copy
import re

import pytest
import yaml
from test_configuration_errors import CONTRADICTIONS, RANGES, ROOT, TYPES, TYPOS, edited, raw

from nbody_emulator.configuration.checks.roles import RESERVED_NAMES
from nbody_emulator.configuration.file import ConfigurationError, load, validated

MOST_REMEDIES = 8
"""A mistake may uncover another one; more than this in a row would be a chase."""

FURTHER = [
    pytest.param({"sets.train.blocks": 1}, (), id="one-block"),
    pytest.param({"sets.train.blocks": 3}, (), id="fewer-blocks-than-folds"),
    pytest.param({"sets.train.points": 12, "sets.train.blocks": 2}, (), id="small-blocks"),
    pytest.param({"tuning.folds": 500}, (), id="many-inner-folds"),
    pytest.param({"snapshots": 4}, (), id="fewer-snapshots"),
    pytest.param({"calibration.levels": [0.5, 0.9]}, (), id="no-one-sigma-level"),
]
"""Numbers that meet others of the configuration: where a remedy for one may be a mistake of the other."""


def complaint(config) -> str | None:
    try:
        validated(config)
    except ConfigurationError as error:
        return str(error)
    return None


class Place:
    """A key of a configuration, by the path that messages use."""

    def __init__(self, config, path: str):
        self.config = config
        self.keys = [int(key) if key.isdigit() else key for key in re.findall(r"[^.\[\]]+", path)]

    @property
    def section(self):
        section = self.config
        for key in self.keys[:-1]:
            section = section[key]
        return section

    def get(self):
        return self.section[self.keys[-1]]

    def set(self, value) -> None:
        self.section[self.keys[-1]] = value

    def remove(self) -> None:
        del self.section[self.keys[-1]]

    def rename(self, name: str) -> None:
        self.section[name] = self.section.pop(self.keys[-1])


def number(text: str):
    return yaml.safe_load(text.rstrip(";,."))


def below(place, found) -> None:
    place.set(0.9 * float(number(found[1])))


def no_less(place, found) -> None:
    """Nobody writes 1e-12 pc where that is the least there may be."""
    least = number(found[1])
    place.set(least if isinstance(least, int) or least > 1e-3 else 0.25)


def above(place, found) -> None:
    place.set(float(number(found[1])) + 0.1)


def told(place, found) -> None:
    place.set(number(found[1]))


def swapped(place, found) -> None:
    section = place.section
    section["minimum"], section["maximum"] = section["maximum"], section["minimum"]


def begun(place, found) -> None:
    place.set(number(found[2]))


def added(place, found) -> None:
    place.set({})


REMEDIES = (
    (r"unknown (?:key|emulator); did you mean '(\w+)'\?", lambda place, found: place.rename(found[1])),
    (r"unknown (?:key|emulator); allowed: ", lambda place, found: place.remove()),
    (r"is not a choice; did you mean '(\w+)'\?", lambda place, found: place.set(found[1])),
    (r"is not a choice; allowed: (\w+)", lambda place, found: place.set(found[1])),
    (r"needs it; write (\w+): (\S+) to begin with", begun),
    (r"in YAML write (\S+)$", told),
    (r"per cent write (\S+)$", told),
    (r"; swap them$", swapped),
    (r"write (\[[^]]*\])$", told),
    (r"add '\w+: \{\}'$", added),
    (r"is between snapshots; write (\S+) or", told),
    (r"write at most (\S+)", told),
    (r"(?<!too few entries; )write at least (\S+)", told),
    (r"take at least (\d+)", told),
    (r"write less than ([\d.e+-]+)", below),
    (r"it must be at least (\S+?)[;.]?$", no_less),
    (r"it must be at most (\S+?)(?:;.*)?$", told),
    (r"it must be less than (\S+?)(?:;.*)?$", below),
    (r"it must be greater than (\S+?)$", above),
    (r"; write (prior|\{\}|1)\b", told),
    (r"^(?!.* terms, ).*remove it\b", lambda place, found: place.remove()),
)
"""What messages say -> what a person who follows them does."""


def remedy(message: str):
    """(path of the key, what to do there, what was found in the message), or None where judgement is asked for."""
    path = message.partition(": ")[0]
    for pattern, act in REMEDIES:
        if found := re.search(pattern, message):
            return path, act, found
    return None


CASES = [*TYPOS, *TYPES, *RANGES, *CONTRADICTIONS, *FURTHER]
FOLLOWED = [case for case in CASES if (said := complaint(edited(case.values[0]))) and remedy(said)]


def test_most_messages_give_a_remedy_that_can_be_followed_word_by_word():
    assert len(FOLLOWED) > 0.5 * len(
        CASES
    )  # the others ask for a decision: one of two keys, a name, a physics


@pytest.mark.parametrize(("changes", "_"), FOLLOWED)
def test_whoever_follows_the_message_is_rid_of_it(changes, _):
    config, told = copy.deepcopy(edited(changes)), []
    while (message := complaint(config)) and (found := remedy(message)):
        assert message not in told and len(told) < MOST_REMEDIES, [*told, message]
        told.append(message)
        path, act, match = found
        act(Place(config, path), match)
    # What is left, if anything, is another matter, and asks for a person's judgement.
    assert message is None or message.partition(": ")[0] not in {each.partition(": ")[0] for each in told}


def test_the_shipped_configuration_needs_none():
    assert complaint(copy.deepcopy(raw("laptop"))) is None


@pytest.mark.parametrize(
    ("name", "written", "remedy"),
    [
        ("mine", "yours", "write mine"),
        ("on", "on", 'write "on", in quotes'),
        ("2024", "2024", "rename the file, for a name has small letters"),
        ("My study", "x", "rename the file"),
    ],
)
def test_a_name_that_differs_from_its_files_is_told_how_to_be_written(tmp_path, name, written, remedy):
    path = tmp_path / f"{name}.yaml"
    text = (ROOT / "config/test.yaml").read_text()
    path.write_text(text.replace("experiment: test", f"experiment: {written}"))
    with pytest.raises(ConfigurationError, match=re.escape(remedy)):
        load(path)
    if found := re.match('write ("?[a-z0-9]+"?)', remedy):
        path.write_text(text.replace("experiment: test", f"experiment: {found[1]}"))
        assert load(path).experiment == name


def test_a_decimal_comma_between_braces_is_told_from_a_file(tmp_path):
    path = tmp_path / "mine.yaml"
    text = (ROOT / "config/test.yaml").read_text().replace("experiment: test", "experiment: mine")
    path.write_text(text.replace("{length: 0.05}", "{length: 0,05}"))
    with pytest.raises(ConfigurationError, match=r"for a decimal write a point, as in 0\.05"):
        load(path)


def test_a_namesake_of_an_experiment_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    path = tmp_path / "test.yaml"
    path.write_text((ROOT / "config/test.yaml").read_text())
    with pytest.raises(
        ConfigurationError, match=r"'test' is the name of config/test\.yaml too; give .* another"
    ):
        load(path)
    renamed = path.rename(tmp_path / "mine.yaml")
    renamed.write_text(renamed.read_text().replace("experiment: test", "experiment: mine"))
    assert load(renamed).experiment == "mine"


def test_every_folder_of_results_that_is_no_experiment_has_a_reserved_name():
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    source += "\n".join(path.read_text() for path in (ROOT / "workflow").rglob("*.smk"))
    assert set(re.findall(r"\bresults/([a-z]+)\b(?=[/\"'])", source)) - {"fates", "laptop", "test"} <= set(
        RESERVED_NAMES
    )
