"""Files of stars: what is written is read again, in any format, and nonsense is refused with a remedy that works."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.states import read_stars, write_stars
from nbody_emulator.states.register import FORMATS
from nbody_emulator.storage.netcdf import read, write
from nbody_emulator.units import GRAVITATIONAL_CONSTANT, KM_PER_S_IN_PC_PER_MYR, LENGTH_IN_PC

LAST_DIGITS = 4 * np.finfo(float).eps
"""Two conversions, there and back, and their factors."""

NBODY = {"mass_unit": "7 Msun", "length_unit": "0.3 pc"}
FINITE = st.floats(
    allow_nan=False, allow_infinity=False, allow_subnormal=False, min_value=-1e300, max_value=1e300
)


@pytest.fixture
def stars():
    random = np.random.default_rng(5)
    return random.uniform(0.1, 9.0, 6), random.normal(size=(6, 3)), random.normal(size=(6, 3))


@pytest.mark.parametrize("ending", [".csv", ".nc"])
@settings(deadline=None, max_examples=30)
@given(
    masses=arrays(float, 3, elements=st.floats(1e-300, 1e300)),
    positions=arrays(float, (3, 3), elements=FINITE, unique=True),
    velocities=arrays(float, (3, 3), elements=FINITE),
)
def test_what_is_written_is_read_to_the_bit(ending, tmp_path_factory, masses, positions, velocities):
    path = tmp_path_factory.mktemp("stars") / f"stars{ending}"
    write_stars(path, masses, positions, velocities)
    for found, wanted in zip(read_stars(path), (masses, positions, velocities), strict=True):
        assert found.tobytes() == wanted.tobytes()


@pytest.mark.parametrize("format", ["mcluster", "nbody6"])
def test_tables_of_other_programs_give_back_all_but_the_last_digits(format, stars, tmp_path):
    units = NBODY if format == "nbody6" else {}
    write_stars(tmp_path / "stars", *stars, format=format, **units)
    for found, wanted in zip(read_stars(tmp_path / "stars", format=format, **units), stars, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=LAST_DIGITS, atol=0.0)


def test_every_format_is_known_by_the_ending_of_a_name(stars, tmp_path):
    for name in FORMATS.names:
        facts = FORMATS.facts(name)
        for suffix in facts.suffixes:
            units = NBODY if facts.needs_units else {}
            write_stars(tmp_path / f"stars{suffix}", *stars, **units)
            found = read_stars(tmp_path / f"stars{suffix}", **units)
            named = read_stars(tmp_path / f"stars{suffix}", format=name, **units)
            assert all(np.array_equal(one, other) for one, other in zip(found, named, strict=True))


def test_units_in_headings_are_converted(tmp_path):
    path = tmp_path / "stars.csv"
    path.write_text(
        "id,m [kg],x [AU],y [AU],z [kpc],vx [km/s],vy [km/s],vz [pc/Myr]\n1,3e30,1,2,3,4,5,6\n2,1e30,2,2,3,4,5,6\n"
    )
    masses, positions, velocities = read_stars(path)
    assert masses[0] / masses[1] == pytest.approx(3.0, rel=LAST_DIGITS)
    assert masses[1] == pytest.approx(1.0 / 1.98841, rel=LAST_DIGITS)
    np.testing.assert_allclose(
        positions[0], [LENGTH_IN_PC["AU"], 2.0 * LENGTH_IN_PC["AU"], 3000.0], rtol=LAST_DIGITS
    )
    speed = KM_PER_S_IN_PC_PER_MYR
    np.testing.assert_allclose(velocities[0], [4.0 * speed, 5.0 * speed, 6.0], rtol=LAST_DIGITS)


def test_units_of_bare_columns_can_be_given(tmp_path):
    path = tmp_path / "stars.csv"
    path.write_text("m,x,y,z,vx,vy,vz\n1,1,2,3,4,5,6\n2,2,2,3,4,5,6\n")
    with pytest.raises(
        ConfigurationError, match=r"the column m has no unit; give mass_unit='Msun', or write m \[Msun\]"
    ):
        read_stars(path)
    found = read_stars(path, mass_unit="Msun", length_unit="AU", velocity_unit="km/s")
    assert found.velocities[0, 0] == 4.0 * KM_PER_S_IN_PC_PER_MYR


MCLUSTER = (
    "#Mass_[Msun]\tx_[pc]\t\t\ty_[pc]\t\t\tz_[pc]\t\t\tvx_[km/s]\t\tvy_[km/s]\t\tvz_[km/s]\t\tMass(t=0)_[Msun]\tkw\t"
    "epoch1_[Myr]\tspin\t\tR_[Rsun]\tL_[Lsun]\tepoch_[Myr]\tZ\t\tM_V_[mag]\tV_[mag]\t\tB-V_[mag]\tT_eff_[K]\tdV_[mag]\t"
    "d(B-V)\n"
    "0.593310\t0.29\t-0.41\t0.62\t0.05\t0.11\t-0.07\t0.6\t\t1\t0.0\t0.0\t0.5\t0.1\t0.0\t0.02\t8\t18\t1\t4000\t0\t0\n"
    "8.000000\t0.30\t0.41\t0.62\t1.0\t0.0\t-2.0\t8.1\t\t1\t0.0\t0.0\t0.5\t0.1\t0.0\t0.02\t8\t18\t1\t4000\t0\t0\n"
)
"""As its function `output3` writes it with stellar evolution."""


def test_a_table_of_mcluster_is_read_by_the_names_of_its_columns(tmp_path):
    path = tmp_path / "cluster.txt"
    path.write_text(MCLUSTER)
    masses, positions, velocities = read_stars(path)
    assert masses.tolist() == [0.59331, 8.0]
    assert positions.tolist() == [[0.29, -0.41, 0.62], [0.30, 0.41, 0.62]]
    assert velocities[1].tolist() == [KM_PER_S_IN_PC_PER_MYR, 0.0, -2.0 * KM_PER_S_IN_PC_PER_MYR]


def test_a_blank_behind_the_mark_of_the_first_line_moves_no_column(tmp_path):
    """As numpy.savetxt writes a heading."""
    path = tmp_path / "cluster.txt"
    path.write_text(MCLUSTER)
    as_written = read_stars(path)
    path.write_text(MCLUSTER.replace("#Mass", "# Mass", 1))
    assert all(np.array_equal(*pair) for pair in zip(read_stars(path), as_written, strict=True))


def test_a_column_of_mcluster_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "cluster.txt"
    path.write_text(MCLUSTER.replace("Mass(t=0)_[Msun]", "Mass_[Msun]", 1))
    assert "the column Mass stands twice" in refusal(path=path)


def test_axes_are_found_by_their_labels(stars, tmp_path):
    path = tmp_path / "stars.nc"
    write_stars(path, *stars)
    dataset = read(path)
    write(dataset.isel(axis=[2, 0, 1]), path)
    assert np.array_equal(read_stars(path).positions, stars[1])
    write(dataset.isel(axis=[0, 1]), path)
    assert "position has 2 axes" in refusal(path=path)


def test_units_that_are_no_text_are_refused(stars, tmp_path):
    path = tmp_path / "fort.10"
    write_stars(path, *stars, **NBODY)
    assert "mass_unit is 7, and no text" in refusal(path=path, mass_unit=7, length_unit="0.3 pc")


def test_columns_of_nbody6_are_in_its_units(tmp_path):
    """Two stars of half the mass each, a length unit apart, on a circle: v^2 = G M / (4 R) each."""
    path = tmp_path / "fort.10"
    path.write_text("0.5\t0.5 0.0 0.0\t0.0 0.5D0 0.0\n  0.5\t-0.5 0.0 0.0\t0.0 -0.5 0.0 7 8 9\n")
    masses, positions, velocities = read_stars(path, mass_unit="20 Msun", length_unit="2 pc")
    assert masses.tolist() == [10.0, 10.0] and positions[0].tolist() == [1.0, 0.0, 0.0]
    separation = positions[0, 0] - positions[1, 0]
    speed = np.sqrt(GRAVITATIONAL_CONSTANT * 20.0 / (4.0 * separation))
    assert velocities[0, 1] == pytest.approx(speed, rel=LAST_DIGITS)


HEADING = "m [Msun],x [pc],y [pc],z [pc],vx [km/s],vy [km/s],vz [km/s]\n"
FIRST, SECOND = "1,0,0,0,0,0,0\n", "1,1,0,0,0,0,0\n"
REFUSED = {
    "one star": ("stars.csv", HEADING + FIRST, "holds 1 stars", HEADING + FIRST + SECOND),
    "a mass of zero": (
        "stars.csv",
        f"{HEADING}{FIRST}0,1,0,0,0,0,0\n",
        "0.0 of star 2",
        HEADING + FIRST + SECOND,
    ),
    "two at one place": (
        "stars.csv",
        HEADING + SECOND + FIRST + FIRST,
        "the stars 2 and 3 are at one place",
        HEADING + FIRST + SECOND,
    ),
    "a number too large": (
        "stars.csv",
        f"{HEADING}{FIRST}1,1e999,0,0,0,0,0\n",
        "'1e999'",
        HEADING + FIRST + SECOND,
    ),
    "no number": (
        "stars.txt",
        MCLUSTER.replace("8.000000", "eight"),
        "'eight' in row 2 is no number",
        MCLUSTER,
    ),
    "a number that is none": ("stars.txt", MCLUSTER.replace("8.000000", "nan"), "nan of star 2", MCLUSTER),
    "a short row": ("stars.txt", f"{MCLUSTER}1 2 3\n", "row 3 has 3 columns", MCLUSTER),
    "no names": ("stars.txt", MCLUSTER.partition("\n")[2], "names no column Mass_", MCLUSTER),
    "N-body units under names": (
        "stars.txt",
        MCLUSTER.replace("8.000000", "0.40669"),
        "write it with -u 1",
        MCLUSTER,
    ),
    "no text": ("stars.csv", "\udcff", "cannot be read as CSV", HEADING + FIRST + SECOND),
    "nothing": ("stars.txt", "", "names no column Mass_", MCLUSTER),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_cluster_is_refused_and_read_once_mended(case, tmp_path):
    name, text, told, mended = REFUSED[case]
    path = tmp_path / name
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigurationError) as caught:
        read_stars(path)
    assert told in str(caught.value) and str(caught.value).startswith(str(path)) and "; " in str(caught.value)
    path.write_text(mended)
    assert len(read_stars(path).masses) == 2


def refusal(**asked) -> str:
    """The line that a file is refused with."""
    with pytest.raises(ConfigurationError) as caught:
        read_stars(**asked)
    return str(caught.value)


def test_units_are_asked_for_where_a_file_is_without_them_and_nowhere_else(stars, tmp_path):
    write_stars(tmp_path / "fort.10", *stars, **NBODY)
    assert "give mass_unit, what 1 is in Msun" in refusal(path=tmp_path / "fort.10")
    assert "give mass_unit, what 1 is in Msun" in refusal(path=tmp_path / "fort.10", mass_unit="7 Msun")
    assert "leave velocity_unit out" in refusal(path=tmp_path / "fort.10", velocity_unit="km/s", **NBODY)
    assert "-7 Msun is not positive" in refusal(
        path=tmp_path / "fort.10", **{**NBODY, "mass_unit": "-7 Msun"}
    )
    for ending in (".txt", ".nc"):
        write_stars(tmp_path / f"stars{ending}", *stars)
        assert "leave length_unit out" in refusal(path=tmp_path / f"stars{ending}", length_unit="pc")


def test_what_tells_no_format_is_refused_with_those_there_are(stars, tmp_path):
    (tmp_path / "stars.dat").write_text(MCLUSTER)
    assert "ends in .dat, which tells no format; give format, one of csv," in refusal(
        path=tmp_path / "stars.dat"
    )
    assert "did you mean 'mcluster'?" in refusal(path=tmp_path / "stars.dat", format="mclust")
    assert len(read_stars(tmp_path / "stars.dat", format="mcluster").masses) == 2
    assert "cannot be read as netcdf" in refusal(path=tmp_path / "stars.dat", format="netcdf")
    assert "is not there" in refusal(path=tmp_path / "none.csv")


def test_netcdf_of_more_than_one_state_or_in_other_units_is_refused(stars, tmp_path):
    path = tmp_path / "stars.nc"
    write_stars(path, *stars)
    dataset = read(path)
    write(
        dataset.expand_dims(run=[0]).assign_coords(run=("run", [0], {"units": "1", "long_name": "run"})), path
    )
    assert "write them with write_stars" in refusal(path=path)
    dataset["velocity"].attrs["units"] = "km s-1"
    write(dataset, path)
    assert "velocity is in 'km s-1'; convert it to pc Myr-1" in refusal(path=path)


def test_what_is_no_cluster_is_not_written(stars, tmp_path):
    masses, positions, velocities = stars
    with pytest.raises(ConfigurationError, match="give masses"):
        write_stars(tmp_path / "stars.csv", masses[:3], positions, velocities)
    with pytest.raises(ConfigurationError, match="are at one place"):
        write_stars(tmp_path / "stars.csv", masses, 0.0 * positions, velocities)
    assert not list(tmp_path.iterdir())


def test_a_table_that_would_be_taken_for_one_in_other_units_is_not_written(stars, tmp_path):
    masses, positions, velocities = stars
    with pytest.raises(ConfigurationError, match="write another format: csv"):
        write_stars(tmp_path / "stars.txt", masses / masses.sum(), positions, velocities)
    assert not list(tmp_path.iterdir())
    write_stars(tmp_path / "stars.csv", masses / masses.sum(), positions, velocities)
