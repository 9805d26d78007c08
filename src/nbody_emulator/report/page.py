"""The page: what is known of a finished experiment, put into templates, in one HTML file that needs nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.emulators.register import in_a_sentence, label_of
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.plan.plan import Plan
from nbody_emulator.report import numbers
from nbody_emulator.report.answer import Sentence, sentences
from nbody_emulator.report.as_exported import require_as_exported
from nbody_emulator.report.failures import (
    Bin,
    LostRun,
    Region,
    lost_runs,
    part,
    uncertain_bins,
    worst_bins,
    worst_regions,
)
from nbody_emulator.report.finished import Finished
from nbody_emulator.report.fonts import font_faces
from nbody_emulator.report.goals import Goal, goals, scores_of
from nbody_emulator.report.inline_svg import inline, texts
from nbody_emulator.report.reproduction import ExportedFile, exported_files, platform, versions
from nbody_emulator.report.sections import Section, sections
from nbody_emulator.report.simulated import Simulated, simulated
from nbody_emulator.running.timings import start_up_share
from nbody_emulator.storage.files import write_text
from nbody_emulator.store.export import STAMP_PREFIX, results_export
from nbody_emulator.store.ledger import models_identity

REPORT = "report.html"

TEMPLATES = Path(__file__).with_name("templates")

AGAINST_REBOUND = (
    "stars",
    "softening [a]",
    "max|dE/E|",
    "ours [s]",
    "REBOUND [s]",
    "REBOUND by",
    "REBOUND over ours",
    "seeds of both",
    "of which at least",
)
"""The columns of that benchmark that a caption has room for."""


@dataclass(frozen=True)
class Contents:
    """All that the page says; see the functions that make each."""

    sentences: list[Sentence]
    goals: list[Goal]
    simulated: Simulated
    metrics: Mapping[str, Any]
    evaluation: Mapping[str, Any] | None
    comparison: list[dict[str, Any]]
    recommended: str
    scores: Mapping[str, Any]
    level_percent: str
    regions: list[Region]
    bins: list[Bin]
    uncertain: list[Bin]
    lost: list[LostRun]
    openings: list[dict[str, Any]]
    files: list[ExportedFile]
    versions: Mapping[str, str]
    platform: str
    sections: list[Section]


class NotFinishedError(Exception):
    """There is nothing to report of; the message is one line with the remedy."""


def write_report(experiment: Experiment, plan: Plan, root: Path) -> Path:
    """Write results/<experiment>/report.html in the checkout at `root`, whole or not at all, and say where.

    Args:
        experiment, plan: the configuration, and its plan with the present code.

    Raises:
        NotFinishedError: its results are not there, or are of other code or another configuration.
        NotAsExportedError: they are no longer as they were exported.
    """
    folder = root / "results" / plan.experiment
    stamp = root / results_export(plan).stamp
    makes = f"make results EXPERIMENT={plan.experiment}"
    if not stamp.exists():
        raise NotFinishedError(
            f"{folder} has no results of this configuration and code; `{makes}` makes them"
        )
    require_as_exported(stamp, makes)
    for opened in (folder / "evaluation").glob(f"{STAMP_PREFIX}*.json"):
        require_as_exported(opened, f"make evaluate EXPERIMENT={plan.experiment}")
    path = folder / REPORT
    write_text(path, report_page(Finished(experiment, folder, root, models_identity(plan))))
    return path


def report_page(finished: Finished) -> str:
    """The text of the report of a finished experiment.

    Raises:
        ValueError: a figure is none.
    """
    environment, known = templates(), context(finished)
    paths = figure_paths(finished)
    figures = {name: inline(path) for name, path in paths.items()}
    captions = {name: caption(environment, name, known) for name in figures}
    shown = list(sections(figures, captions, finished.metrics.get("left_out", {})))
    return environment.get_template("page.html").render(
        report=_contents(finished, shown),
        style=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        fonts=font_faces("".join(sorted(set("".join(map(texts, paths.values())))))),
        **known,
    )


def templates() -> Environment:
    """The environment of the templates: an unknown word is an error, and text can never end up as markup."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=unbroken,
    )
    environment.filters |= {
        "counted": numbers.counted,
        "estimate": numbers.estimate,
        "interval": numbers.interval,
        "label": label_of,
        "listed": numbers.listed,
        "named": in_a_sentence,
        "number": numbers.number,
        "part": part,
        "percent": numbers.percent,
        "significant": numbers.significant,
        "words": numbers.words,
        "yes": lambda value: "yes" if value in (True, "True") else "no",
    }
    return environment


def unbroken(value: Any) -> Any:
    """A text in which no line ends between a number and its error or its %."""
    if not isinstance(value, str):
        return value
    return value.replace(" ± ", "\u00a0±\u00a0").replace(" %", "\u00a0%")


def context(finished: Finished) -> dict[str, Any]:
    """What captions may ask for."""
    against_rebound = finished.benchmark("time_to_solution")
    return {
        "metrics": finished.metrics,
        "evaluation": finished.evaluation,
        "configuration": finished.experiment,
        "of_clusters": isinstance(finished.experiment, ClusterExperiment),
        "costs": finished.rows("costs.csv"),
        "odds": finished.rows("tables/odds.csv"),
        "given": finished.rows("tables/given.csv"),
        "fates": finished.rows("tables/fates.csv"),
        "timings": finished.timings,
        "start_up_share": start_up_share(finished.timings),
        "integrators": finished.benchmark("integrators"),
        "against_rebound": [{name: row[name] for name in AGAINST_REBOUND} for row in against_rebound],
        "against_numba": finished.benchmark("force_sums"),
    }


def caption(environment: Environment, name: str, known: Mapping[str, Any]) -> Markup:
    """What is to be known of a figure beside what it says of itself; nothing where no template has its name."""
    try:
        template = environment.get_template(f"captions/{name}.html")
    except TemplateNotFound:
        return Markup("")
    return Markup(template.render(known))


def figure_paths(finished: Finished) -> dict[str, Path]:
    """The figures that a finished experiment has, by name; that of the test set only if it is of these models."""
    folders = [finished.folder / "figures", finished.folder]
    if finished.evaluation is not None:
        folders.append(finished.folder / "evaluation")
    paths = (folder / f"{name}.svg" for folder in folders for name in FIGURES.names)
    return {path.stem: path for path in paths if path.exists()}


def _contents(finished: Finished, shown: list[Section]) -> Contents:
    scores, _ = scores_of(finished)
    regions = worst_regions(finished)
    return Contents(
        sentences=sentences(finished, regions),
        goals=list(goals(finished)),
        simulated=simulated(finished.experiment),
        metrics=finished.metrics,
        evaluation=finished.evaluation,
        comparison=finished.comparison,
        recommended=finished.recommended,
        scores=scores,
        level_percent=f"{100 * finished.level:g}",
        regions=regions,
        bins=worst_bins(finished),
        uncertain=uncertain_bins(finished),
        lost=lost_runs(finished),
        openings=finished.openings,
        files=exported_files(finished),
        versions=versions(finished),
        platform=platform(finished),
        sections=shown,
    )
