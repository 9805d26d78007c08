"""Identities change with meaning, and with nothing else."""

from pathlib import Path

import pytest

from nbody_emulator.identity.accepted import differences
from nbody_emulator.identity.canonical import canonical_json, identity
from nbody_emulator.identity.code import CodeBase, Module
from nbody_emulator.identity.versions import numerics_versions, read_pins

SCRIPT = "from nbody_emulator.physics.gravity import force\nforce()\n"
REGISTER = """from nbody_emulator.register import Register
LAWS = Register("law", {"newton": "a:b"})
"""
GRAVITY = '''"""Gravity."""
from nbody_emulator.units import G
import numpy as np


def force(mass=1.0):
    """Newton."""
    # a comment
    return G * mass
'''


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    package = tmp_path / "src" / "nbody_emulator"
    files = {
        package / "__init__.py": "",
        package / "units.py": "G = 1.0\n",
        package / "physics/__init__.py": "",
        package / "physics/gravity.py": GRAVITY,
        package / "physics/register.py": REGISTER,
        package / "register.py": "class Register: pass\n",
        package / "physics/unused.py": "x = 1\n",
        tmp_path / "scripts" / "simulate.py": SCRIPT,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def digests(root: Path, registered=()):
    return CodeBase(root / "src", root / "scripts").used("simulate.py", registered).digests


def edit(path: Path, old: str, new: str):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_parts_of_a_page_count_with_their_package_alone(repository):
    part = repository / "src/nbody_emulator/physics/page.js"
    before = digests(repository)
    part.write_text("answer();")
    written = digests(repository)
    part.write_text("answer(); // in other words")
    assert [name for name in before if before[name] != written[name]] == ["nbody_emulator.physics"]
    assert digests(repository)["nbody_emulator.physics"] != written["nbody_emulator.physics"]
    part.rename(part.with_suffix(".txt"))
    assert digests(repository) == before


def test_canonical_json_ignores_order_and_refuses_nan():
    assert canonical_json({"b": 1, "a": [1.5, None]}) == canonical_json({"a": [1.5, None], "b": 1})
    with pytest.raises(ValueError):
        canonical_json({"a": float("nan")})


def test_swapped_numbers_are_another_identity():
    assert identity({"softening": 0.1, "step": 0.2}) != identity({"softening": 0.2, "step": 0.1})


def test_closure_holds_what_is_reached_and_nothing_else(repository):
    assert set(digests(repository)) == {
        "simulate.py",
        "nbody_emulator",
        "nbody_emulator.physics",
        "nbody_emulator.physics.gravity",
        "nbody_emulator.units",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# a comment", "# quite another comment"),
        ('"""Newton."""', '"""Isaac Newton, 1687."""'),
        ("mass=1.0):", "mass = 1.0\n):"),
        ("G * mass", "(G\n        * mass)"),
        ('"""Gravity."""\n', ""),
    ],
)
def test_cosmetic_edits_change_nothing(repository, old, new):
    before = digests(repository)
    edit(repository / "src/nbody_emulator/physics/gravity.py", old, new)
    assert digests(repository) == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("src/nbody_emulator/physics/gravity.py", "G * mass", "G + mass"),
        ("src/nbody_emulator/physics/gravity.py", "mass=1.0", "mass=1"),
        ("src/nbody_emulator/units.py", "1.0", "2.0"),
        ("src/nbody_emulator/physics/__init__.py", "", "x = 1"),
        ("scripts/simulate.py", "force()\n", "force(2)\n"),
    ],
)
def test_meaningful_edits_change_exactly_their_module(repository, file, old, new):
    before = digests(repository)
    edit(repository / file, old, new)
    after = digests(repository)
    changed = {name for name in before if before[name] != after[name]}
    assert len(changed) == 1 and after.keys() == before.keys()


def test_an_entry_added_to_a_register_changes_nothing_for_the_others(repository):
    edit(
        repository / "scripts/simulate.py",
        "force()",
        "force()\nfrom nbody_emulator.physics.register import LAWS",
    )
    before = digests(repository)
    edit(repository / "src/nbody_emulator/physics/register.py", '"a:b"}', '"a:b", "hooke": "c:d"}')
    assert digests(repository) == before
    edit(repository / "src/nbody_emulator/physics/register.py", '"law"', '"rule"')
    assert digests(repository) != before


def test_what_a_setting_means_counts_no_more_than_a_docstring(repository):
    code = 'step: float = setting(0.1, "a step", "Myr", ge=0)\nKIND = Kind(meaning="a step", unit="Myr")\n'
    edit(repository / "scripts/simulate.py", "force()", f"force()\n{code}")
    before = digests(repository)
    edit(repository / "scripts/simulate.py", '"a step", "Myr"', '"its length", "Myr"')
    edit(repository / "scripts/simulate.py", 'meaning="a step"', 'meaning="its length"')
    assert digests(repository) == before
    edit(repository / "scripts/simulate.py", "setting(0.1", "setting(0.2")
    assert digests(repository) != before


def test_the_registered_module_in_use_counts(repository):
    registered = ["nbody_emulator.physics.unused"]
    before = digests(repository, registered)
    edit(repository / "src/nbody_emulator/physics/unused.py", "x = 1", "x = 2")
    assert digests(repository, registered) != before


def test_accepted_code_keeps_the_old_name(repository):
    before = digests(repository)
    edit(repository / "src/nbody_emulator/units.py", "G = 1.0", "G = 2.0 / 2.0")
    assert accepted_digests(repository, before) == before


def test_code_accepted_in_pieces_keeps_the_old_name_only_whole(repository):
    before = digests(repository)
    edit(repository / "src/nbody_emulator/units.py", "G = 1.0", "from nbody_emulator.constants import G")
    (repository / "src/nbody_emulator/constants.py").write_text("G = 1.0\n")
    assert accepted_digests(repository, before) == before
    edit(repository / "src/nbody_emulator/constants.py", "1.0", "2.0")
    acceptances = differences(before, {**digests(repository), "nbody_emulator.constants": "another"})
    assert (
        CodeBase(repository / "src", repository / "scripts", acceptances).used("simulate.py").digests
        != before
    )


def accepted_digests(repository, before):
    acceptances = differences(before, digests(repository))
    return CodeBase(repository / "src", repository / "scripts", acceptances).used("simulate.py").digests


def test_the_packages_around_a_registered_module_count(repository):
    (repository / "src/nbody_emulator/chemistry").mkdir()
    (repository / "src/nbody_emulator/chemistry/__init__.py").write_text("x = 1\n")
    (repository / "src/nbody_emulator/chemistry/bond.py").write_text("y = 1\n")
    assert "nbody_emulator.chemistry" in digests(repository, ["nbody_emulator.chemistry.bond"])


def test_third_party_imports_are_found(repository):
    code = CodeBase(repository / "src", repository / "scripts")
    assert code.used("simulate.py").third_party == {"numpy"}


def test_imports_inside_functions_count():
    module = Module("m", "def f():\n    from a.b import c\n    import d.e\n")
    assert module.imported_names == {"a.b", "a.b.c", "d.e"}


def test_only_numerics_pins_enter(tmp_path):
    lock = tmp_path / "lock"
    lock.write_text(
        "jax==0.1 \\\n    --hash=sha256:00\njaxlib==0.2\nxarray==3 ; python_version > '3'\nnumpy==4\n"
    )
    assert numerics_versions({"jax", "xarray", "os"}, read_pins(lock)) == {"jax": "0.1", "jaxlib": "0.2"}
