"""The contract: what each edit of the `test` experiment reruns, told by the titles a person knows the results by.

What is expected is written from what an edit means, not from what an identity holds. Whatever changes no name is asked
of Snakemake itself, and of what changes some an edit of each kind; the others of the plan, whose names decide.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

import edits
from asking import EXPORT
from edits import CONFIG, Edit, all_of, append, code, pin, replace

from nbody_emulator.figures.register import FIGURES, table_of

SEALED = ("the evaluation on the sealed test set", "figure of sealed_test")


@dataclass(frozen=True)
class Row:
    """An edit and what it reruns.

    Attributes:
        name: the edit in words.
        edit: what it does to a repository.
        told: what it reruns, in words.
        patterns: titles of what it reruns, with `*` for anything.
        stays: titles of what it does not, of those the patterns stand for.
        asked: whether Snakemake itself is asked, and not the plan alone.
    """

    name: str
    edit: Edit
    told: str = "nothing"
    patterns: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    asked: bool = False

    def expected(self, titles: set[str]) -> set[str]:
        """Those of `titles` that are made again; every pattern must stand for one of them."""
        wanted = _standing_for(self.patterns, titles)
        return wanted - _standing_for(self.stays, wanted)


def is_sealed(title: str) -> bool:
    """Whether a result is of the sealed set, which nothing makes but an evaluation."""
    return title in SEALED or fnmatchcase(title, "* of test block *")


def _standing_for(patterns: tuple[str, ...], titles: set[str]) -> set[str]:
    found = {pattern: {title for title in titles if fnmatchcase(title, pattern)} for pattern in patterns}
    assert all(found.values()), f"no result is called {[name for name in found if not found[name]]}"
    return set().union(*found.values())


OPEN_SETS = ("train", "replicate", "calibration", "observation", "repeat")
REPEATED = "runs repeated at half the step"
SIMULATIONS = (*(f"simulations of {name} block *" for name in OPEN_SETS), f"simulations of {REPEATED}")
SUMMARIES = (*(f"summaries of {name} block *" for name in OPEN_SETS), f"summaries of {REPEATED}")


def shown(*names: str) -> tuple[str, ...]:
    """Tables with their figures, and what is gathered from all tables."""
    tables = tuple(f"table of {name}" for name in names)
    figures = tuple(f"figure of {name}" for name in FIGURES.names if table_of(name) in names)
    if "*" in names:
        figures = ("figure of *",)
    # The page says which family is recommended.
    page = ("the page",) if {"comparison", "*"} & {*names} else ()
    return (*tables, *figures, *page, "the metrics", EXPORT)


COMPARISONS = (
    "scores",
    "survival",
    "comparison",
    "optimism",
    "learning_curve",
    "runs_needed",
    "calibration",
    "residuals",
    "response",
    "training_history",
)
"""Tables that read something of every family."""
EVERY_TABLE = shown("*")


OF_POSTERIORS = (
    "posteriors of *",
    "what observations tell",
    "draws from posteriors",
    "simulations of predictive block *",
    "summaries of predictive block *",
    "the runs at draws from posteriors",
)
"""Posteriors, and all that is made of the first family's."""
POSTERIORS = (*OF_POSTERIORS, *shown("posteriors", "information", "recovered", "predictive"))
INFERRED = ("linear",)
"""Families whose posteriors are judged."""


def family(name: str) -> tuple[str, ...]:
    """All jobs of one family, the predictions, which are of all families, and the comparisons that show it."""
    fitted = (f"fit of {name}*", f"learning curve of {name}", "the predictions", *shown(*COMPARISONS))
    return (*fitted, *(POSTERIORS if name in INFERRED else ()))


LADDERS = ("bias_variance", "regularization")
"""Tables of single fits to one block each, which no other run changes."""
NETWORK = (*family("network"), "bias and variance of network by *", *shown("bias_variance"))
FITS = ("fit of *", "learning curve of *", "bias and variance of *")
AFTER_SUMMARIES = (
    "the dataset",
    "the repeated runs",
    *FITS,
    "the predictions",
    *OF_POSTERIORS,
    *EVERY_TABLE,
)
EVERYTHING = (*SIMULATIONS, *SUMMARIES, *AFTER_SUMMARIES)
NEW_BLOCK = (
    "simulations of train block 3",
    "summaries of train block 3",
    "the dataset",
    "fit of *",
    "bias and variance of *",
    "the predictions",
    *OF_POSTERIORS,
    *EVERY_TABLE,
)

TRAINING = "training, sampler: latin_hypercube, blocks: "
one_more_block = replace(CONFIG, f"{TRAINING}3", f"{TRAINING}4")
OBSERVED_POINTS = "role: observation, sampler: prior, blocks: 1, points: 25"
OF_RUNS = ("design", "energy", "noise", "noise_parts", "half_step", "evolution")
"""Tables of the dataset, which holds all open runs."""

CALIBRATION_POINTS = "role: calibration, sampler: prior, blocks: 1, points: 25"
SIZE = "    - {blocks: 2, sets: 1}\n"
one_more_size = replace(CONFIG, SIZE, f"{SIZE}    - {{blocks: 4, sets: 1}}\n")
everything_that_cannot_matter = all_of(
    edits.rewrite_every_module,
    edits.rewrite_every_rule,
    edits.reorder_keys,
    edits.clone,
    edits.touch_in_random_order,
)
run_it_otherwise = all_of(
    replace(CONFIG, "device: auto", "device: cpu"),
    replace("workflow/rules/fit.smk", "mem_mb=2000", "mem_mb=4000"),
    replace("workflow/rules/simulate.smk", "    resources:\n", "    threads: 2\n    resources:\n"),
    append("profiles/default/profile.v9+.yaml", "jobs: 3\nretries: 2\n"),
)
a_comment_in_the_lock = append("envs/cpu.lock", "# a comment\n")
rename_a_set = replace(CONFIG, "\n  calibration: {role", "\n  held_out: {role")
styled_noise = replace(CONFIG, "width_inches: 7.0}", "width_inches: 7.0}\n  noise: {width_inches: 6.0}")
NETWORK_EPOCHS = "  network: {members: 2, epochs: 60, learning_rate: 0.01"
more_trees = replace(CONFIG, "trees: 20", "trees: 21")
swapped = all_of(
    replace(CONFIG, "trees: 20", "trees: 2"),
    replace(CONFIG, "  network: {members: 2", "  network: {members: 20"),
)
use_the_new_family = all_of(
    edits.add_family, replace(CONFIG, "  linear: {}\n", "  linear: {}\n  median: {}\n")
)

NOTHING = (
    Row("nothing; the tree lies elsewhere", edits.no_edit),
    Row("every file touched, in random order", edits.touch_in_random_order),
    Row(".snakemake deleted", edits.forget_metadata),
    Row("a fresh clone with copied results", edits.clone),
    Row("comments, docstrings, formatting of every module and script", edits.rewrite_every_module),
    Row("comments and blank lines of every rule", edits.rewrite_every_rule),
    Row("the order of the YAML's keys", edits.reorder_keys),
    Row("all of these together", everything_that_cannot_matter),
    Row("device, memory, threads, runs in flight, profile", run_it_otherwise),
    Row("a comment in the lock", a_comment_in_the_lock),
    Row("marks of a killed run", edits.leave_marks_of_a_killed_run),
    Row("an edit reverted", all_of(more_trees, replace(CONFIG, "trees: 21", "trees: 20"))),
    Row("a new family in its register", edits.add_family),
    Row("a new integrator in its register", edits.add_integrator),
)

SOME = (
    Row("a figure's style", styled_noise, "that figure", ("figure of noise", EXPORT)),
    Row("the pinned version of seaborn", pin("seaborn"), "the figures", ("figure of *", EXPORT)),
    Row("a figure's code", code("figures/energy.py"), "that figure", ("figure of energy", EXPORT)),
    Row(
        "a part of the page",
        replace("src/nbody_emulator/pages/explore.css", "max-width: 1240px", "max-width: 1250px"),
        "the page",
        ("the page", EXPORT),
    ),
    Row(
        "a table's code", code("evaluation/design.py"), "that table, its figure, the metrics", shown("design")
    ),
    Row(
        "a level of the intervals",
        replace(CONFIG, "levels: [0.68, 0.90, 0.95]", "levels: [0.60, 0.68, 0.90, 0.95]"),
        "every table",
        EVERY_TABLE,
    ),
    Row(
        "one more training block",
        one_more_block,
        "what reads the block; no learning curve",
        NEW_BLOCK,
        asked=True,
    ),
    Row(
        "one more training block and a learning-curve point above it",
        all_of(one_more_block, one_more_size),
        "the same and the learning curves",
        (*NEW_BLOCK, "learning curve of *"),
    ),
    Row("a family's setting", more_trees, "that family and the comparisons", family("forest")),
    Row(
        "a family's setting, and marks of a killed run",
        all_of(more_trees, edits.leave_marks_of_a_killed_run),
        "that family and the comparisons",
        family("forest"),
        asked=True,
    ),
    Row(
        "the networks' learning rate",
        replace(CONFIG, NETWORK_EPOCHS, NETWORK_EPOCHS.replace("0.01", "0.02")),
        "the networks, their ladders, the comparisons",
        NETWORK,
    ),
    Row(
        "a family's code",
        code("emulators/families/neighbours.py"),
        "that family, its ladder and the comparisons",
        family("neighbours"),
    ),
    Row(
        "the pinned version of scikit-learn",
        pin("scikit-learn"),
        "every fit, which tells by it whether a run survives",
        (*FITS, "the predictions", *POSTERIORS, *shown(*COMPARISONS, *LADDERS)),
    ),
    Row(
        "the number of observed runs",
        replace(CONFIG, "role: observation, sampler: prior, blocks: 1, points: 24", OBSERVED_POINTS),
        "that set, the dataset, posteriors; nothing that is fitted",
        (
            "simulations of observation block 0",
            "summaries of observation block 0",
            "the dataset",
            "the page",
            *POSTERIORS,
            *shown(*OF_RUNS),
        ),
    ),
    Row(
        "a likelihood that is compared",
        replace(CONFIG, "families: [linear]\n", "families: [linear]\n  likelihoods: [correlated]\n"),
        "posteriors of the family that is judged by all, and what is made of them",
        POSTERIORS,
    ),
    Row(
        "a likelihood's code",
        code("inference/likelihoods/joint.py"),
        "posteriors of the family that is judged by all, and what is made of them",
        POSTERIORS,
    ),
    Row("points of posteriors", replace(CONFIG, "points: 8192", "points: 16384"), "posteriors", POSTERIORS),
    Row(
        "what may be observed together",
        replace(CONFIG, "sizes: [r_h, r_core]}", "sizes: [r_h]}"),
        "what each choice tells",
        ("what observations tell", *shown("information")),
    ),
    Row(
        "one more new run at draws from each posterior",
        replace(CONFIG, "blocks: 2, points: 3,", "blocks: 2, points: 4,"),
        "these runs",
        (
            "simulations of predictive block *",
            "summaries of predictive block *",
            "the runs at draws from posteriors",
            *shown("predictive"),
        ),
    ),
    Row(
        "a new family used",
        use_the_new_family,
        "its jobs and the comparisons",
        family("median"),
        asked=True,  # of the copy's own register
    ),
    Row(
        "a task, which is given a feature of the stars",
        append(CONFIG, "tasks: {seen: {features: [total_mass], emulators: {linear: {}}}}\n"),
        "what is seen of the stars, its fits, what that is worth; no run and no summary",
        (
            *(f"the stars of {name} block *" for name in ("train", "replicate", "calibration")),
            "fit of linear (seen)",
            "the predictions (seen)",
            *shown("given"),
        ),
        asked=True,
    ),
    Row(
        "a study of what becomes of single stars",
        append(CONFIG, "fates: {left: {fate: escape, classifiers: {prevalence: {}, logistic: {}}}}\n"),
        "what becomes of the training runs' stars, its fits, their tables and figure; no run and no summary",
        (
            "the stars of train block *",
            "prevalence of left",
            "logistic of left",
            *shown("fates", "fate_curves"),
        ),
        asked=True,
    ),
    Row(
        "two numbers swapped between two families",
        swapped,
        "both families and the comparisons",
        (*family("forest"), *NETWORK),
    ),
    Row(
        "the definition of a summary",
        code("summaries/core_radius.py"),
        "the summaries and all after; no simulation",
        (*SUMMARIES, *AFTER_SUMMARIES),
    ),
    Row(
        "the code of one sampler",
        code("design/latin_hypercube.py"),
        "the set it draws and all after",
        EVERYTHING,
        stays=tuple(f"* of {name} block *" for name in OPEN_SETS if name != "train"),
    ),
    Row(
        "the number of calibration runs",
        replace(CONFIG, "role: calibration, sampler: prior, blocks: 1, points: 24", CALIBRATION_POINTS),
        "that set, the dataset, what is predicted on it",
        (
            "simulations of calibration block 0",
            "summaries of calibration block 0",
            "the dataset",
            "the predictions",
            *OF_POSTERIORS,
            *EVERY_TABLE,
        ),
        stays=("* of bias_variance", "* of regularization", "* of training_history"),
    ),
    Row(
        "the name of a set",
        rename_a_set,
        "the dataset, what is predicted on it; no run",
        ("the dataset", "the predictions", *OF_POSTERIORS, *EVERY_TABLE),
        stays=("* of bias_variance", "* of regularization", "* of training_history"),
    ),
)

ALL = (
    Row(
        "the softening",
        replace(CONFIG, "length: 0.05", "length: 0.06"),
        "everything",
        EVERYTHING,
        asked=True,
    ),
    Row(
        "the accuracy of the steps",
        replace(CONFIG, "accuracy: 0.04", "accuracy: 0.05"),
        "everything",
        EVERYTHING,
    ),
    Row("a range", replace(CONFIG, "minimum: 0.2,", "minimum: 0.3,"), "everything", EVERYTHING),
    Row("the seed", replace(CONFIG, "seed: 536", "seed: 537"), "everything", EVERYTHING),
    Row(
        "the code of the initial conditions",
        code("simulation/stars.py"),
        "everything",
        EVERYTHING,
    ),
    Row(
        "the code of the integrator",
        code("simulation/integrators/block_hermite4.py"),
        "everything",
        EVERYTHING,
    ),
    Row("the pinned version of jax", pin("jax"), "everything: the simulations run it", EVERYTHING),
)

ROWS = (*NOTHING, *SOME, *ALL)
ASKED = tuple(row for row in ROWS if row.asked or row in NOTHING)
