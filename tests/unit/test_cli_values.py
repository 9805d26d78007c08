"""Numbers with units, held against astropy."""

import astropy.units as u
import pytest

from nbody_emulator.quantities.typed_numbers import LENGTHS, MASSES, TIMES, number, unit_of
from nbody_emulator.settings.error import ConfigurationError

OTHER_WORDS = {"Msun": "solMass"}
PRODUCTS = ("km/s", "pc Myr-1", "pc/Myr", "Msun pc2 Myr-2", "kpc*Gyr^-1", "kg m**2/s**2", "AU/yr")
SUN = 1e-4
"""Tables of the Sun's mass differ in the fifth digit."""


@pytest.mark.parametrize("name", [*LENGTHS, *TIMES, *MASSES])
def test_units_are_those_of_astropy(name):
    wanted = {**dict.fromkeys(LENGTHS, "pc"), **dict.fromkeys(TIMES, "Myr"), **dict.fromkeys(MASSES, "Msun")}[
        name
    ]
    expected = (1.5 * u.Unit(OTHER_WORDS.get(name, name))).to_value(OTHER_WORDS.get(wanted, wanted))
    tolerance = SUN if wanted == "Msun" else 1e-12
    assert number("--x", f"1.5{name}", wanted) == pytest.approx(expected, rel=tolerance)


@pytest.mark.parametrize("product", PRODUCTS)
def test_products_are_those_of_astropy(product):
    ours, theirs = (
        unit_of(product),
        u.Unit(product.replace("Msun", "solMass").replace("^", "**").replace("pc2", "pc**2")),
    )
    length, time, mass = ours.powers
    expected = theirs.to(u.pc**length * u.Myr**time * u.Msun**mass)
    assert ours.factor == pytest.approx(expected, rel=SUN if mass else 1e-12)


@pytest.mark.parametrize("product", PRODUCTS)
def test_there_and_back_is_the_same(product):
    length, time, mass = unit_of(product).powers
    internal = f"pc{length} Myr{time} Msun{mass}"
    assert number(
        "--x", f"{number('--x', f'3.7 {product}', internal)!r} {internal}", product
    ) == pytest.approx(3.7, rel=1e-14)


@pytest.mark.parametrize("text", ["1.2", " 1.2 ", "+1.2pc", "1.2 pc", "12e-1pc", "1.2e0 pc", ".12E1pc"])
def test_spellings_of_one_number(text):
    assert number("--x", text, "pc") == 1.2


def test_a_unit_of_somebody_else_takes_bare_numbers_and_itself():
    assert number("--x", "3", "Mpc/h") == number("--x", "3 Mpc/h", "Mpc/h") == 3.0
    with pytest.raises(ConfigurationError, match="write the bare number, in Mpc/h"):
        number("--x", "3 Mpc", "Mpc/h")
