"""Ways in which the sealed runs of another simulator could leak: of a file that is there all the time, and of calls."""

SUMMARIES = "[block.summary.path() for block in PLAN.blocks if block.role == 'sealed']"
FILE = "[block.file for block in PLAN.blocks if block.role == 'sealed']"


def read_more(rule_file: str, stage: str, more: str) -> tuple[str, str, str]:
    """(file, text, text of the mutant): the rule of a stage reads more than is planned."""
    text = f'        unpack(inputs_of("{stage}")),\n'
    return f"workflow/rules/{rule_file}", text, f"{text}        more={more},\n"


# Name -> (experiment, file, text, text of the mutant)
OWN_WORKFLOW = {
    "a fit reads the runs of the sealed file": ("borehole", *read_more("fit.smk", "fits", SUMMARIES)),
    "a fit reads the sealed file itself": ("borehole", *read_more("fit.smk", "fits", FILE)),
    "a table reads the sealed file itself": ("borehole", *read_more("evaluate.smk", "tables", FILE)),
    "open runs are read from the sealed file": (
        "borehole",
        "workflow/rules/common.smk",
        "needed(artifact, [PLAN.file_of(artifact)])",
        f"{FILE}",
    ),
    "the dataset gathers sealed calls": ("epidemic", *read_more("simulate.smk", "datasets", SUMMARIES)),
    "posteriors read sealed calls": ("epidemic", *read_more("infer.smk", "posteriors", SUMMARIES)),
}

CALIBRATION = "role: calibration, file: examples/borehole/calibration.csv"
# Name -> (experiment, text, text of the mutant)
OWN_CONFIG = {
    "the sealed file is calibrated on": (
        "borehole",
        CALIBRATION,
        CALIBRATION.replace("calibration.csv", "sealed.csv"),
    ),
    "the sealed file is calibrated on by a longer path": (
        "borehole",
        CALIBRATION,
        "role: calibration, file: config/../examples/borehole/sealed.csv",
    ),
    "the sealed file has no checksum": ("borehole", "    sha256: 9eaf", "    # sha256: 9eaf"),
    "sealed calls are those of the training set": ("epidemic", "stream: test-development", "stream: train"),
    "released calls are those that were worked with": (
        "epidemic",
        "release_stream: test-release",
        "release_stream: test-development",
    ),
}
