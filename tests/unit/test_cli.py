"""What the commands tell is what the package answers when it is asked directly."""

import inspect
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from nbody_emulator import Emulator, infer
from nbody_emulator.cli.app import app, main
from nbody_emulator.cli.cluster_options import (
    DEFAULTS,
    DEFAULTS_OF_METHODS,
    INTEGRATION,
    Numbers,
    block_of,
)
from nbody_emulator.cli.commands.simulate import simulate
from nbody_emulator.configuration.file import load
from nbody_emulator.design.block import draw_block
from nbody_emulator.emulators import shipped
from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.simulation import simulate_block
from nbody_emulator.storage.netcdf import read
from nbody_emulator.summaries import summarize
from nbody_emulator.units import LENGTH_IN_PC

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("nbody-emulator")
(MODEL,) = map(str, (ROOT / "tests/stored").glob("linear-format-*.eqx"))
POINT = {"virial_ratio": 0.8, "scale_radius": 1.2, "galactocentric_radius": 4.0}
TYPED = ["--virial-ratio", "0.8", "--scale-radius", "1.2pc", "--galactocentric-radius", "4000 pc"]
# It errs by more than the tolerance at first, so that its steps are halved.
SMALL = ["--stars", "8", "--duration", "0.4Myr", "--snapshots", "3", "--accuracy", "1"]
SMALL += ["--softening-length", "0.001pc", "--scale-radius", "0.05pc"]
LEFT_OUT = {
    name: option.default
    for name, option in inspect.signature(simulate).parameters.items()
    if name not in ("numbers", "out", "json")
}


@pytest.fixture
def told(capsys):
    """The JSON object that a command tells."""

    def tell(*tokens: str, code: int = 0) -> dict:
        assert main([*tokens, "--json"]) == code
        found = json.loads(capsys.readouterr().out)
        assert found["exit_code"] == code
        return found

    return tell


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Path:
    """A simulated cluster."""
    path = tmp_path_factory.mktemp("cluster") / "cluster.nc"
    assert main(["simulate", *SMALL, "--out", str(path)]) == 0
    return path


def test_a_prediction_is_the_emulators(told):
    columns = told("predict", MODEL, *TYPED, "--level", "0.68")["columns"]
    prediction = Emulator.load(MODEL).predict(POINT)
    low, high = prediction.interval(0.68)
    for place, name in enumerate(prediction):
        found = [columns[f"{name}_{part}"] for part in ("median", "lower", "upper")]
        assert found == [[prediction.median[place]], [low[place]], [high[place]]]
    assert {name: columns[name] for name in POINT} == {name: [value] for name, value in POINT.items()}


def test_a_prediction_in_words_has_its_numbers(capsys):
    assert main(["predict", MODEL, *TYPED]) == 0
    lines = capsys.readouterr().out.splitlines()
    prediction = Emulator.load(MODEL).predict(POINT)
    for line, output, median in zip(lines, prediction.outputs, prediction.median, strict=False):
        assert line.startswith(output.name) and f"{median:.4g} {output.unit}" in line


@pytest.mark.parametrize("ending", ["csv", "nc"])
def test_a_table_is_predicted_row_by_row(tmp_path, told, ending):
    table, out = tmp_path / "runs.csv", tmp_path / f"predictions.{ending}"
    radius = 1.2 / LENGTH_IN_PC["AU"]
    table.write_text(
        f"name,scale_radius [AU],virial_ratio,galactocentric_radius\na,{radius!r},0.8,4\nb,{radius!r},1.1,5\n"
    )
    columns = told("predict", MODEL, "--in", str(table), "--out", str(out))["columns"]
    one = told("predict", MODEL, *TYPED)["columns"]
    assert {name: values[0] for name, values in columns.items()} == pytest.approx(
        {name: values[0] for name, values in one.items()}, rel=1e-12
    )
    written = _columns(out)
    assert written.keys() == columns.keys()
    assert all(np.array_equal(written[name], columns[name]) for name in columns)


def _columns(path: Path) -> dict[str, np.ndarray]:
    if path.suffix == ".nc":
        return {str(name): variable.values for name, variable in read(path).data_vars.items()}
    names, *rows = (line.split(",") for line in path.read_text().splitlines())
    return dict(zip(names, np.array(rows, dtype=float).T, strict=True))


def test_a_table_of_predictions_says_what_it_is_of(tmp_path):
    table, out = tmp_path / "runs.csv", tmp_path / "predictions.nc"
    table.write_text("virial_ratio,scale_radius,galactocentric_radius\n0.8,1.2,4\n")
    assert main(["predict", MODEL, "--in", str(table), "--out", str(out)]) == 0
    units = {name: each.attrs["units"] for name, each in read(out).data_vars.items()}
    emulator = Emulator.load(MODEL)
    assert all(units[each.name] == each.unit for each in emulator.parameters)
    assert all(units[f"{each.name}_median"] == each.unit for each in emulator.outputs)


def test_help_lists_the_parameters_of_the_emulator(capsys):
    assert main(["predict", MODEL, "--help"]) == 0
    told = capsys.readouterr().out
    assert "--scale-radius" in told and "0.5 to 2 pc" in told and "--level" in told


def test_a_simulation_is_that_of_an_experiment_to_the_bit(cluster):
    found = read(cluster)
    block = block_of(Numbers(**_typed(SMALL)), _others(SMALL))
    expected = simulate_block(draw_block(block), block)
    assert int(expected["halvings"][0]) > 0
    xr.testing.assert_identical(found.drop_attrs(), expected.drop_attrs())


def _typed(tokens: list[str]) -> dict[str, str]:
    pairs = {
        key.removeprefix("--").replace("-", "_"): text
        for key, text in zip(tokens[::2], tokens[1::2], strict=True)
    }
    return {key: text for key, text in pairs.items() if key in Numbers.__dataclass_fields__}


def _others(tokens: list[str]) -> dict:
    given = dict(zip(tokens[::2], tokens[1::2], strict=True))
    return LEFT_OUT | {
        "duration": given["--duration"],
        "snapshots": int(given["--snapshots"]),
        "accuracy": float(given["--accuracy"]),
    }


def test_a_simulation_tells_its_progress_on_stderr_alone(tmp_path, capsys):
    assert main(["simulate", *SMALL, "--out", str(tmp_path / "cluster.nc"), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["status"] == "ok" and "again with half the accuracy" in captured.err


def test_what_is_left_out_is_that_of_laptop():
    laptop = load(ROOT / "config/laptop.yaml")
    block = block_of(Numbers(), LEFT_OUT)
    given = block.parameters.given
    varied = {name: given[name] for name in laptop.parameters.boxes}
    assert block.cluster.with_parameters(given) == laptop.cluster.with_parameters(varied)
    assert (block.duration, block.snapshots, block.seed) == (laptop.duration, laptop.snapshots, laptop.seed)
    kept = (*INTEGRATION, "accuracy", "energy_tolerance", "halvings")
    assert all(getattr(block.integration, key) == getattr(laptop.integration, key) for key in kept)
    boxes = laptop.parameters.boxes
    assert all(boxes[name].minimum <= given[name] <= boxes[name].maximum for name in boxes)
    assert {*DEFAULTS, *DEFAULTS_OF_METHODS["kroupa"], *DEFAULTS_OF_METHODS["flat_curve"]} == {
        "stars",
        *given,
    }


def test_a_summary_is_that_of_the_statistics(cluster, told, tmp_path):
    out = tmp_path / "summary.nc"
    found = told(
        "summarize", str(cluster), "--statistics", "half_mass_radius", "lagrangian_radii", "--out", str(out)
    )
    settings = SummarySettings(statistics=("half_mass_radius", "lagrangian_radii"))
    summary = summarize(read(cluster), settings)
    assert found["statistics"]["half_mass_radius"]["values"] == summary["half_mass_radius"].values[0].tolist()
    shares = summary["lagrangian_radius"]
    for share in shares["mass_fraction"].values:
        values = found["statistics"][f"lagrangian_radius (mass_fraction {share:g})"]["values"]
        assert values == shares.sel(mass_fraction=share).values[0].tolist()
    xr.testing.assert_equal(read(out), summary)


def test_a_csv_file_of_the_same_state_has_the_same_statistics(cluster, told, tmp_path):
    states, table = read(cluster).isel(run=0, time=-1), tmp_path / "stars.csv"
    per_au = LENGTH_IN_PC["AU"]
    rows = [
        [mass, *(position / per_au), *velocity]
        for mass, position, velocity in zip(
            *(states[name].values for name in ("mass", "position", "velocity")), strict=True
        )
    ]
    lines = [",".join(map(repr, map(float, row))) for row in rows]
    table.write_text("\n".join(["m [Msun],x,y,z,vx [pc/Myr],vy [pc/Myr],vz [pc/Myr]", *lines]) + "\n")
    options = ["--length-unit", "AU", "--softening", "0.001pc"]
    found = told("summarize", str(table), *options)["statistics"]
    expected = told("summarize", str(cluster))["statistics"]
    assert found.keys() == expected.keys()
    for name, each in found.items():
        last = expected[name]["values"][-1]
        assert each["unit"] == expected[name]["unit"]
        assert each["values"] == [last] if last is None else each["values"] == pytest.approx([last], rel=1e-9)


def test_a_posterior_is_that_of_infer(tmp_path, told):
    observation, out = tmp_path / "seen.yaml", tmp_path / "posterior.nc"
    outputs = Emulator.load(MODEL).outputs
    medians = Emulator.load(MODEL).predict(POINT).median
    values = {output.name: float(median) for output, median in zip(outputs, medians, strict=True)}
    errors = {name: 0.2 * value for name, value in values.items()}
    observation.write_text(json.dumps({"values": values, "errors": errors}))
    found = told("infer", str(observation), MODEL, "--points", "4096", "--out", str(out))
    posterior = infer(Emulator.load(MODEL), values, errors, points=4096).posterior
    assert {name: each["median"] for name, each in found["parameters"].items()} == posterior.median
    assert (
        tuple(found["parameters"]["scale_radius"]["intervals"]["0.9"])
        == posterior.interval(0.9)["scale_radius"]
    )
    assert told("info", str(out))["method"] == "table"


def test_info_of_an_emulator_and_of_files(cluster, told):
    emulator = Emulator.load(MODEL)
    facts = told("info", MODEL)
    assert facts["outputs"] == {each.name: each.unit for each in emulator.outputs}
    assert facts["training_runs"] == emulator.metadata.training_runs
    facts = told("info", str(cluster))
    assert "stars 8" in facts["description"] and facts["dimensions"]["time"] == 3
    assert "[pc]" in facts["variables"]["position"]
    facts = told("info", str(ROOT / "results/published/laptop/metrics.json"))
    published = json.loads((ROOT / "results/published/laptop/metrics.json").read_text())
    assert facts["recommended"] == published["recommended"]


@pytest.mark.parametrize("name", shipped.names())
def test_every_emulator_that_comes_with_the_package_is_known_by_its_name(name, told):
    assert told("info", name)["identity"] == Emulator.load(name).metadata.identity


def test_info_of_a_receipt(told, tmp_path):
    receipt = tmp_path / "receipt.json"
    receipt.write_text(
        '{"specification": {"stage": "fits", "settings": {}}, "sha256": {"a": "b"}, "made": {"host": "x"}}'
    )
    facts = told("info", str(receipt))
    assert (facts["stage"], facts["files"], facts["made"]) == ("fits", ["a"], {"host": "x"})


def test_a_simulation_that_is_interrupted_leaves_nothing(tmp_path):
    command = ["env", "--default-signal=INT", PROGRAM, "simulate", "--stars", "8", "--duration", "1e9Myr"]
    running = subprocess.Popen(
        [*command, "--out", str(tmp_path / "cluster.nc")],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "Myr of 1e9Myr" in running.stderr.readline()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.splitlines()[-1]) == (130, "", "interrupted")
    assert "Traceback" not in err and not list(tmp_path.iterdir())


def test_the_installed_program_and_its_reader_who_has_had_enough():
    done = subprocess.run([PROGRAM, "info", MODEL], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "family: linear" in done.stdout and not done.stderr
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [PROGRAM, "info", MODEL], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_person_without_the_extra_is_told_its_name():
    code = "import sys; sys.modules['cyclopts'] = None; import nbody_emulator.cli.__main__ as m; sys.exit(m.main())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "cyclopts is not installed; it comes with: pip install 'nbody-emulator[cli]'\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_command(shell):
    script = app.generate_completion(shell=shell)
    names = [name for name in app if not name.startswith("-")]
    assert len(names) == 18 and all(name in script for name in names)


@pytest.mark.parametrize("name", [name for name in app if not name.startswith("-")])
def test_every_command_says_what_it_takes(name, capsys):
    assert main([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert f"nbody-emulator {name}" in told and "Exit codes: 0 fine" in told
