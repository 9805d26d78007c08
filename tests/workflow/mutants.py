"""Every way of breaking the test set's seal that the tests try; `python tests/workflow/mutants.py` prints the list."""

from data_mutants import DATA
from own_data_mutants import OWN_DATA
from own_mutants import OWN_CONFIG, OWN_WORKFLOW

SEALED_SUMMARIES = "[block.summary.path() for block in PLAN.blocks if block.role == 'sealed']"
FIT = '        unpack(inputs_of("fits")),\n'
RULE_FIT = (
    'rule fit:\n    """One family, tuned: on all training runs, and without each fold, whose runs it predicts."""\n'
    "    input:\n"
)
# Name -> (file, text, text of the mutant): ways in which the test set could leak into a rule.
WORKFLOW = {
    "a fit reads a sealed summary": (
        "workflow/rules/fit.smk",
        '        unpack(inputs_of("fits")),\n',
        f'        unpack(inputs_of("fits")),\n        more={SEALED_SUMMARIES},\n',
    ),
    "posteriors read a sealed summary": (
        "workflow/rules/infer.smk",
        '        unpack(inputs_of("posteriors")),\n',
        f'        unpack(inputs_of("posteriors")),\n        more={SEALED_SUMMARIES},\n',
    ),
    "what observations tell reads a sealed summary": (
        "workflow/rules/infer.smk",
        '        unpack(inputs_of("information")),\n',
        f'        unpack(inputs_of("information")),\n        more={SEALED_SUMMARIES},\n',
    ),
    "draws from posteriors read a sealed summary": (
        "workflow/rules/infer.smk",
        '        unpack(inputs_of("draws")),\n',
        f'        unpack(inputs_of("draws")),\n        more={SEALED_SUMMARIES},\n',
    ),
    "the dataset gathers a sealed summary": (
        "workflow/rules/simulate.smk",
        '        unpack(inputs_of("datasets")),\n',
        f'        unpack(inputs_of("datasets")),\n        more={SEALED_SUMMARIES},\n',
    ),
    "a figure reads the evaluation": (
        "workflow/rules/figures.smk",
        '        unpack(inputs_of("figures")),\n',
        '        unpack(inputs_of("figures")),\n        more=PLAN.evaluation.path(),\n',
    ),
    "the metrics wait for the evaluation": (
        "workflow/rules/evaluate.smk",
        '        unpack(inputs_of("metrics")),\n',
        '        unpack(inputs_of("metrics")),\n        more=PLAN.evaluation.path(),\n',
    ),
    "a new rule copies a sealed file for a fit": (
        "workflow/rules/fit.smk",
        RULE_FIT + FIT,
        f"rule launder:\n    input:\n        {SEALED_SUMMARIES}[0],\n    output:\n        'results/store/laundered',\n"
        "    shell:\n        'cp {input} {output}'\n\n\n"
        f"{RULE_FIT}{FIT}        laundered='results/store/laundered',\n",
    ),
}

PLAN = {
    "figures of open tables show the sealed one": (
        "planner.py",
        "self._figure(name, self.tables[table_of(name)], ",
        "self._figure(name, self.evaluation, ",
    ),
    "sealed blocks count as training": (
        "fit_planner.py",
        'blocks_of("training")',
        'blocks_of("training", "sealed")',
    ),
    "sealed blocks count as noise": ("fit_planner.py", 'blocks_of("noise")', 'blocks_of("noise", "sealed")'),
    "sealed blocks are predicted": (
        "fit_planner.py",
        '"calibration", "extra"',
        '"calibration", "extra", "sealed"',
    ),
    "sealed blocks judge posteriors": (
        "fit_planner.py",
        '"calibration", "observation"',
        '"calibration", "observation", "sealed"',
    ),
    "sealed blocks are observed": (
        "posterior_planner.py",
        'blocks_of("observation")',
        'blocks_of("observation", "sealed")',
    ),
    "sealed blocks are in the dataset": ("run_planner.py", 'block.role != "sealed"', "block.role"),
}

CONFIG = {
    "the test set shares the training stream": ("    stream: test-development", "    stream: train"),
    "the released test set shares the calibration stream": (
        "release_stream: test-release",
        "release_stream: calibration",
    ),
    "the release stream is the one worked with": (
        "release_stream: test-release",
        "release_stream: test-development",
    ),
    "the sealed set is used for calibration": ("role: calibration", "role: sealed"),
}

MUTANTS = {
    "workflow": WORKFLOW | OWN_WORKFLOW,
    "plan": PLAN,
    "config": CONFIG | OWN_CONFIG,
    "data": DATA | OWN_DATA,
}
"""Where the leak is -> its mutants."""


def table() -> str:
    """The list as Markdown, with its count."""
    rows = [f"| {kind} | {name} |" for kind, mutants in MUTANTS.items() for name in mutants]
    return "\n".join([f"{len(rows)} mutants, all refused:", "", "| leak in | mutant |", "|---|---|", *rows])


if __name__ == "__main__":
    print(table())
