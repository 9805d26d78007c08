"""Every table: its columns, its order, what it counts; and the metrics made from all of them."""

import io
import json
from functools import cache

import evaluation_data as data
import fates_samples
import jsonschema
import numpy as np
import odds_samples
import pandas as pd
import pytest
import xarray as xr
from gaussian_scores import scored
from scipy.stats import multivariate_normal, norm

from nbody_emulator.evaluation.comparison import seed_scores
from nbody_emulator.evaluation.metrics import collect
from nbody_emulator.evaluation.optimism import outer_score
from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.evaluation.sources import Sources, read_sources
from nbody_emulator.evaluation.whole_runs import whole_runs
from nbody_emulator.settings.units import Units
from nbody_emulator.storage import netcdf
from nbody_emulator.streams import generator

HEADERS = {
    "scores": "family,output,metric,value,standard_error,lower,upper",
    "survival": "family,output,metric,value,standard_error,lower,upper,runs",
    "comparison": (
        "family,rank,nll,nll_standard_error,difference,difference_standard_error,difference_fold_standard_error,"
        "difference_seed_standard_error,seeds,tied,numbers,megabytes,has_gradients,recommended"
    ),
    "response": (
        "family,output,unit,transform,parameter,parameter_scale,quantity,level,place,value,lower,upper,runs"
    ),
    "optimism": "family,folds,candidates,inner,outer,optimism,standard_error,lower,upper",
    "design": "set,role,group,usable,scale_radius [pc],virial_ratio",
    "energy": (
        "set,role,group,replicate,perturbation,status,energy_error,step_fraction,halvings,step_floor_hits,"
        "energy_tolerance,unusable_above,missing_outputs,"
        "scale_radius [pc],virial_ratio"
    ),
    "noise": (
        "output,part,group,variance,standard_error,lower,upper,degrees_of_freedom,total_variance,share,"
        "share_standard_error,share_lower,share_upper,noise_share,noise_share_standard_error,noise_share_lower,"
        "noise_share_upper,scale_radius [pc],virial_ratio"
    ),
    "noise_parts": (
        "output,part,variance,standard_error,lower,upper,share,share_standard_error,share_lower,share_upper,features,"
        "runs,points,not_measured"
    ),
    "given": (
        "task,given,features,family,best,output,nll,nll_standard_error,difference,difference_standard_error,"
        "rmse_over_noise,rmse_over_noise_standard_error,chaos_over_noise,chaos_over_noise_standard_error,runs"
    ),
    "fates": (
        "study,fate,happening,balanced,classifier,label,color,marker,best,is_reference,recommended,runs,stars,share,"
        "log_score,log_score_standard_error,difference,difference_standard_error,to_best,to_best_standard_error,brier,"
        "brier_standard_error,miscalibration,discrimination,uncertainty,auc,auc_lower,auc_upper,average_precision,average_precision_lower,"
        "average_precision_upper,miss_cost,threshold,cost,cost_standard_error,cost_at_stated,cost_of_constant,recall,"
        "precision"
    ),
    "fate_curves": (
        "study,fate,happening,balanced,classifier,label,color,marker,best,curve,x,y,lower,upper,weight,share,auc,"
        "average_precision,difference,difference_standard_error"
    ),
    "bias_variance": "family,ladder,rung,output,term,value,standard_error,lower,upper,fits,points",
    "regularization": "family,ladder,rung,output,term,value,standard_error,lower,upper,fits,points",
    "learning_curve": (
        "family,place,training_runs,training_set,output,mse,nll,nll_standard_error,noise_variance,"
        "noise_standard_error,noise_lower,noise_upper,standard_error,lower,upper,excess,excess_standard_error,fitted"
    ),
    "runs_needed": (
        "family,place,output,runs,runs_lower,runs_upper,exponent,exponent_lower,exponent_upper,scatter,chi_squared,"
        "degrees_of_freedom,answer"
    ),
    "training_history": "family,fold,member,epoch,training_loss,validation_loss,best_epoch",
    "calibration": (
        "family,treatment,output,quantity,stratum,level,value,standard_error,band_low,band_high,count"
    ),
    "half_step": (
        "output,group,replicate,target,repeated_target,scatter,shift,energy_error,repeated_energy_error"
    ),
    "evolution": "stratum,mass_fraction,age [Myr],q05 [pc],q16 [pc],q50 [pc],q84 [pc],q95 [pc],softening [pc],softened,"
    "runs,count",
    "residuals": (
        "family,output,group,target,prediction,standard_deviation,z,unit,true_value,predicted_value,"
        "lower_value,upper_value,softening,scale_radius [pc],virial_ratio"
    ),
    "odds": "quantity,truth,model,level,value,standard_error,band_low,band_high,count",
    "posteriors": "family,likelihood,variances,runs,quantity,parameter,stratum,level,value,standard_error,band_low,"
    "band_high,count",
    "information": "family,observed,outputs,quantity,parameter,stratum,level,value,standard_error,band_low,band_high,"
    "count",
    "recovered": "family,group,kind,scale_radius [pc],virial_ratio",
    "predictive": "family,group,output,runs,observed,exists,q05,q25,q50,q75,q95,rank,difference_p,count",
}


def ladder() -> xr.Dataset:
    response = data.runs(data.SETS[1:2])["response"]
    random = np.random.default_rng(0)
    fits = response + 0.1 * random.normal(size=(5, 1, 2))
    rungs = [0.0] * 5 + [2.0] * 5
    return data.trial("polynomial", np.concatenate([2 * fits, fits]), ladder="degrees", rung=rungs)


def regularizer() -> xr.Dataset:
    """Of a lasso that leaves 3 coefficients of the first output out, and 5 of the second."""
    response = data.runs(data.SETS[1:2])["response"]
    means, rungs = response * np.array([0.9, 0.5, 0.1])[:, None, None], [0.01, 0.01, 0.1]
    made = data.trial("lasso", means, ladder="penalties", rung=rungs)
    return made.assign(zero_coefficients=(("fit", "output"), np.tile([3.0, 5.0], (3, 1))))


@cache
def curves() -> tuple[xr.Dataset, ...]:
    response = data.runs(data.SETS[1:2])["response"]
    sizes = {"training_runs": [60, 30], "training_set": [0, 1]}
    return tuple(
        data.trial(family, np.stack([response, 0 * response]), **sizes)
        for family in reversed(data.PROTOCOL.families)
    )


@cache
def seeds() -> tuple[xr.Dataset, ...]:
    """Two more fits of each family, whose means are off by constants."""
    columns = data.runs()
    noise = columns["role"] == "noise"
    of_noise = {name: values[noise] for name, values in columns.items()}
    found = []
    for predictions in data.families():
        mean, variance = (predictions[name].values[noise][None] for name in ("mean", "variance"))
        for shift in (0.02, 0.04):
            trial = data.trial(predictions.attrs["family"], mean + shift, of_noise, training_runs=[120])
            found.append(scored(trial.assign(variance=(trial["mean"].dims, variance))))
    return tuple(found)


def fittings() -> tuple[xr.Dataset, ...]:
    """The records of all fits of all families; those of the network hold its losses, of three of its folds."""
    return tuple(
        (losses(fold) if family == "network" and fold in (0, 1, -1) else xr.Dataset())
        .assign(inner_score=("candidate", [0.5, 0.25]), chosen=1, numbers=12, file_size=3456)
        .assign_coords(fold=fold)
        .assign_attrs(family=family)
        for family in data.PROTOCOL.families
        for fold in (0, 1, 2, 3, -1)
    )


def losses(fold: int) -> xr.Dataset:
    loss = np.arange(6.0).reshape(2, 3)
    stopped = np.where(loss == 5.0, np.nan, loss)
    by_epoch = ("member", "epoch")
    return xr.Dataset(
        {
            "training_loss": (by_epoch, stopped),
            "validation_loss": (by_epoch, stopped),
            "best_epoch": ("member", [2, 1]),
        },
        coords={"fold": fold},
        attrs={"family": "network"},
    )


def sources(dataset=None, predictions=None, tasks=None) -> Sources:
    return Sources(
        dataset=(dataset or data.with_radii(data.dataset()),),
        repeated=(data.repeated(0.25),),
        predictions=predictions or data.families(),
        task_predictions=tasks or data.tasks(),
        fate_predictions=fates_samples.every(points=8, classifiers=("prevalence", "logistic", "forest")),
        curves=curves(),
        ladders=(ladder(),),
        regularizers=(regularizer(),),
        fittings=fittings(),
        seeds=seeds(),
        posteriors=(data.posteriors("linear"), data.posteriors("network")),
        information=(data.information("linear"),),
        draws=(data.posterior_draws(),),
        predictive=(data.runs_at_draws(),),
        evidences=(odds_samples.evidences(points=60),),
    )


def make(name: str, **replaced) -> pd.DataFrame:
    return TABLES.load(name)(sources(**replaced), data.PROTOCOL)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: make(name) for name in TABLES.names}


def as_read_from_csv(table: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(table.to_csv(index=False)))


@pytest.mark.parametrize("name", TABLES.names)
def test_table_has_its_header_and_comes_out_the_same_twice(name, tables):
    assert ",".join(tables[name].columns) == HEADERS[name]
    assert tables[name].to_csv() == make(name).to_csv()


def test_order_of_the_files_does_not_matter(tables):
    for name in ("scores", "comparison", "calibration", "residuals"):
        assert make(name, predictions=data.families()[::-1]).equals(tables[name])
    shuffled = Sources(
        predictions=data.families(), curves=curves()[::-1], seeds=seeds()[::-1], fittings=fittings()[::-1]
    )
    for name in ("learning_curve", "runs_needed", "comparison"):
        assert TABLES.load(name)(shuffled, data.PROTOCOL).equals(tables[name])


def test_what_correlation_is_worth_is_the_difference_to_independent_normals_as_wide():
    """Against scipy's normal densities, per output of the whole run."""
    predictions = data.families()[-1]
    target, mean, variance = (
        predictions[name].transpose("row", "output").values for name in ("target", "mean", "variance")
    )
    deviation = np.sqrt(variance)
    z = (target - mean) / deviation
    joint = multivariate_normal([0.0, 0.0], [[1.0, 0.8], [0.8, 1.0]]).logpdf(z) - np.log(deviation).sum(
        axis=1
    )
    correlated = predictions.assign(joint_log_density=("row", joint))
    found = whole_runs(correlated, correlated, ["noise"])
    worth = (joint - norm(mean, deviation).logpdf(target).sum(axis=1)) / 2
    chosen = predictions["role"].values.astype(str) == "noise"
    np.testing.assert_allclose(found.normals - found.joint, worth[chosen], rtol=1e-10, atol=1e-12)
    assert np.abs(worth[chosen]).min() > 0


def test_metrics_are_the_same_from_csv_files_and_fit_the_schema(tables):
    found = collect(tables, data.METRICS)
    again = collect({name: as_read_from_csv(table) for name, table in tables.items()}, data.METRICS)
    assert json.dumps(found, allow_nan=False) == json.dumps(again, allow_nan=False)
    assert found["recommended"]["family"] == found["recommended"]["for_samplers"] == "network"
    assert "It is 12 numbers in 0.0035 MB, and a sampler" in found["recommended"]["sentence"]
    assert set(found["families"]["linear"]) == set(data.OUTPUTS)
    network = found["families"]["network"]
    of_state = found["whole_runs"]["network"]["state_nll"]["value"]
    # Of outputs that are independent, and always there.
    expected = np.mean([network[output]["nll"]["value"] for output in data.OUTPUTS]) + of_state / len(
        data.OUTPUTS
    )
    assert found["primary"]["network"]["value"] == pytest.approx(expected, rel=1e-12)
    # Over what they are themselves; 1e-12 is the rounding of sums of some tens of nats.
    assert found["whole_runs"]["network"]["gain_over_normals"]["value"] == pytest.approx(0.0, abs=1e-12)
    terms = found["bias_variance"]["polynomial"]["degrees"]["2"]["sigma_v"]
    total = sum(terms[term]["value"] for term in ("bias_squared", "variance", "noise"))
    assert total - terms["error"]["value"] == pytest.approx(terms["closing_error"]["value"], abs=1e-15)
    zeros = found["regularization"]["lasso"]["penalties"]["0.01"]
    assert [zeros[output]["zero_coefficients"]["value"] for output in data.OUTPUTS] == [3.0, 5.0]
    assert "zero_coefficients" not in terms


def test_a_number_has_one_standard_error_wherever_it_stands(tables):
    found = collect(tables, data.METRICS)
    shared = 0
    for family, outputs in found["families"].items():
        for output, scores in outputs.items():
            calibration = found["calibration"][family][output]["raw_out_of_fold"]
            for name in scores.keys() & calibration.keys():
                mine, theirs = scores[name], calibration[name]
                # The same rows, added up in two places: rounding alone.
                for part in ("value", "standard_error"):
                    assert mine[part] == pytest.approx(theirs[part], rel=1e-12), (family, output, name)
                shared += 1
    # Coverage and both tails at every level.
    assert shared == 3 * len(data.PROTOCOL.levels) * len(data.OUTPUTS) * len(found["families"])


def test_intervals_hold_their_value_and_those_of_squares_are_not_negative(tables):
    for table, value, prefix in (
        ("scores", "value", ""),
        ("noise", "variance", ""),
        ("noise", "share", "share_"),
    ):
        rows = tables[table].dropna(subset=[value, f"{prefix}lower"])
        assert len(rows)
        assert np.all(rows[f"{prefix}lower"] <= rows[value]) and np.all(rows[value] <= rows[f"{prefix}upper"])
    scores = tables["scores"].set_index("metric")
    assert np.all(scores.loc[["mse", "rmse", "mae", "rmse_over_noise_floor"], "lower"].dropna() > 0)
    assert np.all(tables["noise"]["lower"].dropna() > 0)


def test_what_is_covered_and_what_lies_on_either_side_is_everything(tables):
    for table, quantity in (("scores", "metric"), ("calibration", "quantity")):
        rows = tables[table]
        # Joint regions of whole runs have no sides, and where no run lies nothing is covered.
        rows = rows[rows["output"] != "all"].dropna(subset="value")
        shares = [
            rows[rows[quantity].str.startswith(name)]["value"]
            for name in ("coverage", "tail_below", "tail_above")
        ]
        assert len(shares[0]) and len({len(share) for share in shares}) == 1
        np.testing.assert_allclose(sum(share.to_numpy() for share in shares), 1.0, rtol=1e-12)


def test_metrics_that_do_not_fit_the_schema_are_refused(tables):
    unheard_of = tables["energy"].assign(status="lost")
    with pytest.raises(jsonschema.ValidationError, match="lost"):
        collect({**tables, "energy": unheard_of}, data.METRICS)


def test_numbers_that_do_not_exist_are_none_in_the_metrics(tables):
    unknown = tables["bias_variance"].assign(standard_error=np.nan)
    found = collect({**tables, "bias_variance": unknown}, data.METRICS)
    assert (
        found["bias_variance"]["polynomial"]["degrees"]["0"]["f_bound"]["variance"]["standard_error"] is None
    )


def with_gaps():
    """Row 5 is unusable; rows 7 and 8 and three of four runs at the first noise point have no sigma_v."""
    columns = data.runs()
    columns["target"][[7, 8, 120, 121, 122], 1] = np.nan
    columns["target"][5] = np.nan
    dataset = data.dataset(columns)
    dataset["usable"].values[5] = False
    dataset["status"].values[5] = 2
    dataset["status"].values[9] = 1
    families, tasks = data.families(columns), data.tasks(columns)
    for predictions in (*families, *tasks):
        predictions["usable"].values[5] = False
    return dataset, families, tasks


def test_missing_outputs_and_unusable_runs_are_counted(tables):
    dataset, families, tasks = with_gaps()
    changed = {name: make(name, dataset=dataset, predictions=families, tasks=tasks) for name in TABLES.names}
    runs = collect(changed, data.METRICS)["runs"]
    assert runs["total"] == 260
    assert (runs["usable"], runs["unusable"]) == (259, 1)
    assert runs["by_status"] == {"above_tolerance": 1, "ok": 258, "unusable": 1}
    assert runs["missing_outputs"] == {"f_bound": 0, "sigma_v": 5}
    assert runs["within_tolerance_fraction"] == pytest.approx(258 / 260)
    assert changed["energy"].loc[7, "missing_outputs"] == "sigma_v"
    design = changed["design"].set_index("group")
    assert not design.loc["train/0/5", "usable"]
    assert design["usable"].sum() == len(design) - 1
    noise = changed["noise"].set_index(["output", "group"])
    assert noise.loc[("sigma_v", "replicate/0/0"), "degrees_of_freedom"] == 0
    assert np.isnan(noise.loc[("sigma_v", "replicate/0/0"), "variance"])
    # Nothing was put in their place: each family lacks two rows for row 5, one each for rows 7 and 8.
    assert len(changed["residuals"]) == len(tables["residuals"]) - 3 * (2 + 2)
    assert np.all(np.isfinite(changed["scores"]["value"]))


def with_garbage(predictions: xr.Dataset) -> xr.Dataset:
    """The same with rows of the role repeat, whose every number is wrong."""
    rows = predictions.isel(row=slice(20))
    wrong = rows.assign(
        role=("row", np.full(20, "repeat")),
        group=("row", np.array([f"repeat/0/{row}" for row in range(20)])),
        fold=("row", np.full(20, -1)),
        **{name: rows[name] + 100.0 for name in ("mean", "target", "log_density", "crps")},
    )
    return xr.concat([predictions, wrong], "row", data_vars="minimal").assign_attrs(predictions.attrs)


def test_runs_of_the_same_stars_change_no_score(tables):
    """Not even if they were predicted, which the plan does not ask for."""
    dataset = data.with_radii(data.dataset(data.with_repeats()))
    families = tuple(map(with_garbage, data.families()))
    for name in set(TABLES.names) - {"design", "energy", "noise", "noise_parts", "given"}:
        assert make(name, dataset=dataset, predictions=families).equals(tables[name]), name
    noise = make("noise", dataset=dataset)
    whole = noise[noise["part"] == "noise"].reset_index(drop=True)
    assert whole.equals(tables["noise"])
    parts = (
        table[table["part"] == "noise"]
        for table in (make("noise_parts", dataset=dataset), tables["noise_parts"])
    )
    pd.testing.assert_frame_equal(*parts)
    for name in ("design", "energy"):
        table = make(name, dataset=dataset)
        assert table[table["role"] != "repeat"].equals(tables[name])
        assert len(table) > len(tables[name])


def test_the_parts_of_the_noise_add_up_everywhere_and_stand_in_the_metrics(tables):
    noise = make("noise", dataset=data.with_radii(data.dataset(data.with_repeats())))
    halves = [f"{name}:{half}" for name in ("scale_radius", "virial_ratio") for half in ("lower", "upper")]
    for output in data.OUTPUTS:
        for group in ("all", *halves):
            found = noise[(noise["output"] == output) & (noise["group"] == group)].set_index("part")
            assert list(found.index) == ["noise", "chaos", "stars"]
            # To rounding: one is made from the other two.
            assert found.loc["chaos", "variance"] + found.loc["stars", "variance"] == pytest.approx(
                found.loc["noise", "variance"], rel=1e-12
            )
            assert found.loc[["chaos", "stars"], "noise_share"].sum() == pytest.approx(1, rel=1e-12)
        for part, freedom in (("noise", 60), ("chaos", 12 * 2 * 4)):
            of_part = noise[(noise["output"] == output) & (noise["part"] == part)].set_index("group")
            assert of_part.loc["all", "degrees_of_freedom"] == freedom
            for lower, upper in zip(halves[::2], halves[1::2], strict=True):
                assert of_part.loc[[lower, upper], "degrees_of_freedom"].sum() == freedom
            points = of_part[of_part["virial_ratio"].notna()]
            assert points["degrees_of_freedom"].sum() == freedom
    metrics = collect(tables | {"noise": noise}, data.METRICS)["noise"]
    for output in data.OUTPUTS:
        of_output = noise[(noise["output"] == output) & (noise["part"] == "chaos")]
        chaos = of_output.set_index("group").loc["all"]
        assert metrics[output]["parts"]["chaos"]["variance"]["value"] == chaos["variance"]
        assert metrics[output]["parts"]["stars"]["share"]["value"] == 1 - chaos["noise_share"]
        assert abs(chaos["variance"] - data.CHAOS[output] ** 2) < 4 * chaos["standard_error"]
    assert collect(tables, data.METRICS)["noise"][output]["parts"] == {}


def test_a_missing_output_leaves_the_other_output_alone(tables):
    columns = data.runs()
    columns["target"][[7, 8], 1] = np.nan
    changed = make("scores", predictions=data.families(columns)).set_index(["output", "family", "metric"])
    before = tables["scores"].set_index(["output", "family", "metric"])
    assert changed.loc["f_bound"].equals(before.loc["f_bound"])
    assert not changed.loc["sigma_v"].equals(before.loc["sigma_v"])


def test_predictions_of_other_rows_are_refused():
    families = list(data.families())
    families[1] = families[1].isel(row=slice(None, None, -1))
    with pytest.raises(ValueError, match="linear"):
        make("scores", predictions=families)
    with pytest.raises(ValueError, match="network"):
        make("comparison", predictions=data.families()[:2])


def test_residuals_come_back_in_experiment_units(tables):
    table = tables["residuals"]
    speeds = table[table["output"] == "sigma_v"]
    assert np.allclose(speeds["true_value"], np.exp(speeds["target"]), rtol=1e-12)
    fractions = table[table["output"] == "f_bound"]
    assert fractions["predicted_value"].between(0, 1).all()
    assert set(table["group"].str.split("/").str[0]) == {"train"}


def test_learning_curve_rises_in_runs_within_the_rank_of_families(tables):
    table = tables["learning_curve"]
    assert table["family"].drop_duplicates().tolist() == list(data.PROTOCOL.families)
    assert table[table["family"] == "mean"]["training_runs"].is_monotonic_increasing
    # The fit of 60 runs predicts the true response: its error is the floor within three standard errors.
    perfect = table[(table["training_runs"] == 60) & (table["output"] != "all")]
    assert np.all(np.abs(perfect["excess"]) < 3 * perfect["excess_standard_error"])
    # Error and noise are of the same runs: their difference is known better than either.
    assert np.all(perfect["excess_standard_error"] < perfect["standard_error"])
    assert np.allclose(perfect["excess"], perfect["mse"] - perfect["noise_variance"], rtol=1e-12)


def test_training_history_numbers_its_folds_and_leaves_out_epochs_that_were_not_run(tables):
    table = tables["training_history"]
    assert table["fold"].drop_duplicates().tolist() == [0, 1, -1]
    assert len(table) == 3 * 5
    assert make_empty_history().empty


def make_empty_history() -> pd.DataFrame:
    return TABLES.load("training_history")(Sources(), data.PROTOCOL)


def test_bias_variance_finds_rungs_in_any_number_of_files(tables):
    whole = ladder()
    parts = tuple(whole.isel(fit=slice(first, first + 5)) for first in (5, 0))
    apart = TABLES.load("bias_variance")(Sources(ladders=parts), data.PROTOCOL)
    assert apart.equals(tables["bias_variance"])
    closing = apart.loc[apart["term"].str.endswith("closing_error"), "value"]
    assert len(closing) == 2 * (len(data.OUTPUTS) + 2) and closing.abs().max() < 1e-12
    assert set(apart["fits"]) == {5}


def test_sources_are_read_from_files_one_or_many(tmp_path):
    described = data.dataset()
    for variable in described.variables.values():
        variable.attrs |= {"long_name": "synthetic", "units": "1"}
    path = str(tmp_path / "dataset.nc")
    netcdf.write(described, path)
    for paths in (path, [path]):
        read = read_sources(dataset=paths)
        assert TABLES.load("design")(read, data.PROTOCOL).equals(make("design"))
    assert TABLES.load("energy")(read, data.PROTOCOL).equals(make("energy"))
    with pytest.raises(ValueError, match="one dataset, not 2"):
        TABLES.load("energy")(read_sources(dataset=[path, path]), data.PROTOCOL)


def test_one_unusable_run_marks_its_whole_design_point():
    dataset = data.dataset()
    dataset["usable"].values[125] = False
    table = make("design", dataset=dataset).set_index("group")
    assert table.index[~table["usable"]].tolist() == [str(dataset["group"].values[125])]
    # It is the second of the point's four runs.
    assert dataset["replicate"].values[125] == 1


def test_a_planted_shift_comes_out_in_units_of_the_scatter(tables):
    table = tables["half_step"]
    assert len(table) == 10 * len(data.OUTPUTS)
    np.testing.assert_allclose(table["shift"] * table["scatter"], 0.25, rtol=1e-12)
    for output, noise in data.NOISE.items():
        # 60 degrees of freedom: the pooled deviation is within 9 % (one standard error) of the true one.
        assert table.loc[table["output"] == output, "scatter"].iloc[0] == pytest.approx(noise, rel=0.3)


def test_a_repeated_run_without_an_original_is_told():
    stranger = data.repeated(0.0)
    stranger["replicate"] = stranger["replicate"] + 1
    with pytest.raises(ValueError, match="no original"):
        TABLES.load("half_step")(Sources(dataset=(data.dataset(),), repeated=(stranger,)), data.PROTOCOL)


def test_radii_are_quantiles_of_all_training_runs_and_of_thirds_of_the_box(tables):
    table = tables["evolution"]
    last = table[(table["age [Myr]"] == 50.0) & (table["mass_fraction"] == 0.1)].set_index("stratum")
    # Run k of 120 swells from 1 to 1 + k pc.
    grown = 1.0 + np.arange(4 * 30)
    for level in (5, 16, 50, 84, 95):
        assert last.loc["all", f"q{level:02} [pc]"] == pytest.approx(np.quantile(grown, level / 100))
    thirds = last[last.index.str.startswith("scale_radius:")]
    assert len(thirds) == 3 and thirds["count"].sum() == last.loc["all", "count"] == 4 * 30


def test_radii_below_the_softening_are_counted():
    runs = data.with_radii(data.dataset())
    runs.attrs["description"] = "cluster: profile plummer, softening (length 10.5 pc), stars 128"
    specification = data.PROTOCOL.changed(units=Units(length="AU", time="yr"))
    mine, theirs = (
        TABLES.load("evolution")(Sources(dataset=(runs,)), one) for one in (data.PROTOCOL, specification)
    )
    last = mine[(mine["age [Myr]"] == 50.0) & (mine["mass_fraction"] == 0.1) & (mine["stratum"] == "all")]
    assert last["softened"].item() == pytest.approx(10 / 120) and last["softening [pc]"].item() == 10.5
    assert theirs["softened"].equals(mine["softened"])


def test_ages_and_radii_are_in_the_units_of_the_experiment():
    specification = data.PROTOCOL.changed(units=Units(length="AU", time="yr"))
    runs = Sources(dataset=(data.with_radii(data.dataset()),))
    mine, theirs = (TABLES.load("evolution")(runs, one) for one in (data.PROTOCOL, specification))
    np.testing.assert_allclose(theirs["age [yr]"], 1e6 * mine["age [Myr]"], rtol=1e-15)
    # IAU 2012: a parsec is 648,000 / pi astronomical units.
    np.testing.assert_allclose(theirs["q50 [AU]"], 648000.0 / np.pi * mine["q50 [pc]"], rtol=1e-14)


def test_without_lagrangian_radii_nothing_is_shown():
    assert TABLES.load("evolution")(Sources(dataset=(data.dataset(),)), data.PROTOCOL).empty


def test_runs_that_have_dissolved_are_counted_and_in_no_quantile():
    dissolved = data.with_radii(data.dataset())
    dissolved["lagrangian_radius"] = dissolved["lagrangian_radius"].where(dissolved["time"] < 1.0)
    table = TABLES.load("evolution")(Sources(dataset=(dissolved,)), data.PROTOCOL)
    is_last = table["age [Myr]"] == 50.0
    assert (table.loc[is_last, "runs"] == 0).all() and table.loc[is_last, "q50 [pc]"].isna().all()
    assert (table.loc[~is_last, "runs"] == table.loc[~is_last, "count"]).all()


def test_a_planted_scatter_of_seeds_is_recovered():
    seeds, scatter = 200, 0.2
    columns = data.runs()
    predictions = data.families(columns)[2]
    noise = columns["role"] == "noise"
    random = generator(2, "seeds")
    response = columns["response"][noise]
    shifts = scatter * random.normal(size=seeds - 1)
    trial = data.trial("network", [response + shift for shift in shifts], training_runs=[120] * (seeds - 1))
    found = seed_scores(predictions, [trial])
    assert len(found) == seeds
    # A shift d of all means, judged with variances of one, costs d^2 / 2 minus d times the mean residual.
    residual = (trial["target"].values - response).mean(axis=0)
    level = found[1:] - np.mean(shifts[:, None] ** 2 / 2 - shifts[:, None] * residual, axis=1)
    # All else is the same for every seed.
    assert np.ptp(level) < 1e-12


def test_the_error_of_the_comparison_has_both_of_its_parts(tables):
    table = tables["comparison"].set_index("family")
    assert set(table["seeds"]) == {3} and table["tied"].tolist() == [False, False, True]
    np.testing.assert_allclose(
        table["difference_standard_error"],
        np.hypot(table["difference_fold_standard_error"], table["difference_seed_standard_error"]),
        rtol=1e-12,
    )
    assert np.all(table.loc[["mean", "linear"], "difference_seed_standard_error"] > 0)
    assert np.all(table.loc["network", ["difference", "difference_standard_error"]] == 0)


def test_a_search_that_flatters_its_choice_is_told_by_how_much():
    predictions = data.families()
    flattered = [
        record.assign(inner_score=("candidate", [9.0, outer_score(of_family, int(record["fold"])) - 0.1]))
        for of_family in predictions
        for record in fittings()
        if record.attrs["family"] == of_family.attrs["family"] and int(record["fold"]) >= 0
    ]
    table = TABLES.load("optimism")(
        Sources(predictions=predictions, fittings=tuple(flattered)), data.PROTOCOL
    )
    # The same in every fold: nothing is left but rounding.
    np.testing.assert_allclose(table["optimism"], -0.1, rtol=1e-12)
    assert (
        np.all(table["standard_error"] < 1e-12)
        and set(table["folds"]) == {4}
        and set(table["candidates"]) == {2}
    )


def test_the_outer_score_is_in_the_units_of_the_search():
    predictions = data.families()[2]
    held_out = (predictions["role"].values == "training") & (predictions["fold"].values == 1)
    others = (predictions["role"].values == "training") & ~held_out
    spread = predictions["target"].values[others].std(axis=0)
    deviation = np.sqrt(predictions["variance"].values[held_out]) / spread
    scaled = (predictions["target"].values - predictions["mean"].values)[held_out] / spread
    expected = -np.mean(norm.logpdf(scaled, scale=deviation).sum(axis=1)) / 2
    assert outer_score(predictions, 1) == pytest.approx(expected, rel=1e-12)


def of_new_runs(**runs) -> pd.DataFrame:
    given = Sources(draws=(data.posterior_draws(),), predictive=(data.runs_at_draws(**runs),))
    return TABLES.load("predictive")(given, data.PROTOCOL)


def test_new_runs_that_the_emulator_does_not_expect_are_seen():
    like = of_new_runs()
    simulated = like[like["runs"] == "simulated"]
    # Six comparisons of a fixed seed; a hundredth each.
    assert simulated["difference_p"].min() > 0.01 and (simulated["count"] == data.SIMULATED).all()
    assert like["rank"].between(0.0, 1.0).all()
    shifted = of_new_runs(shift=1.0)
    assert (shifted.loc[shifted["runs"] == "simulated", "difference_p"] < 1e-3).all()


def test_new_runs_elsewhere_than_at_the_draws_are_refused():
    draws, runs = data.posterior_draws(), data.runs_at_draws()
    elsewhere = runs.assign(parameter_values=runs["parameter_values"] * 1.001)
    with pytest.raises(ValueError, match="not at the draws from its posterior"):
        TABLES.load("predictive")(Sources(draws=(draws,), predictive=(elsewhere,)), data.PROTOCOL)


def test_a_forecast_is_told_beside_what_posteriors_became(tables):
    table = tables["information"]
    ratio = table.loc[table["quantity"] == "width_over_forecast", "value"]
    np.testing.assert_allclose(ratio, 0.15 / 0.13, rtol=1e-12)
    last = table[(table["observed"] == "choice_4") & (table["quantity"] == "information_lost")]
    assert last["value"].item() == 0.0
