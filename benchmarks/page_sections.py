"""The sections of docs/performance.md: the table each shows, the command that makes it, how to read it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A table of the page: the CSV file of this name, the command that makes it, and what to know in reading it."""

    title: str
    table: str
    command: str
    words: str


OBSERVED = (
    "Simulated clusters of the default experiment that no fit has seen, with exact values, and its emulators; CPU "
    "seconds of all threads, which rise with other work on the machine. The command takes their number, 64 unless "
    "it is named."
)
HELD = (
    "- Shifts are those of means, of the parameter that is farthest off, in standard deviations; widths are ratios of "
    "standard deviations of all parameters: both against the posterior by all 65,536 points of the table."
)
APART = (
    "- Told apart: how often nearest neighbours say rightly whether a draw is of this posterior or of the table's, in "
    "five folds over nine observations; 50 % where both are one."
)

SECTIONS = (
    Section(
        "The machine",
        "machine",
        "python benchmarks/machine.py",
        "What measured the tables of this page, but for those that say otherwise.",
    ),
    Section(
        "Time to solution",
        "time_to_solution",
        "python benchmarks/time_to_solution.py",
        "CPU seconds to follow a Plummer sphere with Kroupa masses for ten crossing times at a largest |dE/E|.\n\n"
        "- Medians over seeds, of the quickest solver of each side for each seed; ratios are those of the seeds that "
        "both sides have.\n"
        "- Errors scatter by a factor of ten from seed to seed at one setting.\n"
        "- The states whose energies tell the error, 8 a unit of time, are looked at outside the time taken on both "
        "sides. Ours includes our own audit of the energy whenever all stars are together.\n"
        "- REBOUND is the prebuilt wheel from PyPI, not compiled for this machine.\n"
        "- Where a run of REBOUND's was given up, as many as the column says, its time is that of giving up: the ratio "
        "is a lower bound.\n"
        "- Where few of REBOUND's solvers were run, the best of them need not be REBOUND's best: "
        "`time_to_solution_runs.csv` has every run.",
    ),
    Section(
        "Sums over pairs",
        "force_sums",
        "python benchmarks/force_sums.py",
        "Ordered pairs a second on one core, float64, against numba's plain double loops with `fastmath`.",
    ),
    Section(
        "Ways to write the sum",
        "force_layouts",
        "python benchmarks/force_layouts.py",
        "The same accelerations on one core inside a loop of kicks and drifts: what the package's choices are worth.",
    ),
    Section(
        "The same without AVX-512",
        "force_layouts_avx2",
        "python benchmarks/force_layouts.py",
        "Such a processor has no vector instruction for the reciprocal root: there the package chooses the last line.",
    ),
    Section(
        "Cost against number of stars",
        "cost_against_stars",
        "python benchmarks/cost_curves.py stars",
        "`block_hermite4`, accuracy 0.02, softening 0.05 scale radii, one core, one cluster a row. The start "
        "works out two further derivatives of all forces to choose first steps, once a run.",
    ),
    Section(
        "Cost against batch size",
        "cost_against_batches",
        "python benchmarks/cost_curves.py batches",
        "Runs of 128 stars over a crossing time, side by side in one call on one core. `block_hermite4` takes runs one "
        "after another and has no such curve.",
    ),
    Section(
        "Memory",
        "memory",
        "python benchmarks/cost_curves.py memory",
        "Peak of a process that takes all runs through one call; `block_hermite4` takes them one after another.",
    ),
    Section(
        "Growth of gradients",
        "gradient_horizon",
        "python benchmarks/gradient_growth.py",
        "|d outcome / d position| through `evolve`, the outcome being the mean distance of the stars from the centre. "
        "Differences part where no central difference, of whatever width, comes within 1e-3 of the gradient. "
        "`gradient_growth.csv` has every duration.",
    ),
    Section(
        "Block steps",
        "block_steps",
        "python benchmarks/block_steps.py",
        "What a block step costs, and what block steps save: against the shortest step of the moment for all, and "
        "against `hermite4` of the same accuracy. The clusters of the first table, ten crossing times, accuracy 0.01, "
        "medians over four seeds.",
    ),
    Section(
        "Clusters as small as the default experiment's",
        "long_runs",
        "python benchmarks/block_steps.py",
        "128 stars with Kroupa masses followed for 50 Myr by `block_hermite4`, accuracy 0.0075, eight seeds.",
    ),
    Section(
        "Leapfrog against REBOUND's",
        "leapfrog_against_rebound",
        "python benchmarks/leapfrog_against_rebound.py",
        "The same stars, softening and step: millions of ordered pairs a second, in wall time. One seed only.",
    ),
    Section(
        "Integrators in the default experiment",
        "integrators",
        "python benchmarks/integrators.py",
        "Its first runs, each integrator at a ladder of settings.",
    ),
    Section(
        "Predictions of an emulator",
        "prediction_rate",
        "python benchmarks/prediction_rate.py",
        "Transformed mean and total variance of all outputs, through `Emulator.predict`, box check included, in a "
        "batch of 32,768 points, on one core: every emulator that is shipped and, given as files, some of `laptop` "
        "that are too large.",
    ),
    Section(
        "Likelihood of a Gaussian process",
        "process_likelihood",
        "python benchmarks/process_likelihood.py",
        "Value and gradient of one output's log marginal likelihood, with the prior that both share, on one core; all "
        "agree to 1e-9.\n\n"
        "- Ours has its gradient in closed form; tinygp's is differentiated through the Cholesky factorization.\n"
        "- `tinygp's` has a kernel of its own, compiled for each of the six pairs of kernel and prior mean, and for "
        "each number of runs.\n"
        "- `tinygp's, of our matrix` is given the covariance matrix, with the kernel chosen and missing runs masked in "
        "it, and differs from ours in the likelihood alone.",
    ),
    Section(
        "Fits of a Gaussian process",
        "process_fits",
        "python benchmarks/process_likelihood.py",
        "A whole fit with each of these likelihoods, on one core: as many runs, outputs, candidates and inner folds as "
        "the default experiment's. Answers are means and variances at the training runs.",
    ),
    Section(
        "Posteriors by the table",
        "posterior_tables",
        "python benchmarks/posterior_methods.py [observations [tables]]",
        f"{OBSERVED}\n\n"
        "- An observation is answered alone, once as many points stand as it takes and all is compiled. The first "
        "points are the 8,192 that every table asks for, made anew.\n"
        f"{HELD}",
    ),
    Section(
        "Posteriors by chains",
        "posterior_chains",
        "python benchmarks/posterior_methods.py [observations [chains]]",
        f"{OBSERVED}\n\n"
        "- Rival: NUTS with numpyro's own defaults on its own uniform prior of the box, one observation a call, as "
        "many chains and draws, compiled once; it and ours, one a call, take turns.\n"
        "- Checks: R-hat below 1.01, bulk and tail each worth more than 400 draws, no divergence. Independent draws "
        "are the fewest that bulk and tail of any parameter are worth, the median over observations.\n"
        "- Seconds are means after the first call, which compiles. One a call are clusters that survived.\n"
        f"{HELD}\n{APART}",
    ),
    Section(
        "Posteriors by flows",
        "posterior_flows",
        "python benchmarks/posterior_methods.py [observations [flows]]",
        f"{OBSERVED}\n\n"
        "- Training is `Amortized.of_draws`, its draws of the emulator and what is to be compiled included, though the "
        "first family's has compiled much of the others'.\n"
        f"{HELD}\n{APART}",
    ),
    Section(
        "Evidences",
        "posterior_evidences",
        "python benchmarks/posterior_methods.py [observations [evidences]]",
        f"{OBSERVED} Clusters that survived; ways take turns, and the table is the rival of the others.\n\n"
        "- Seconds are medians after the first, which compiles where no family before has; the table's points stand.\n"
        "- Nine clusters, and with a Gaussian process one in fifty of those asked for, but two at least.\n"
        "- How far they are off is told by the table of all its 65,536 points.",
    ),
    Section(
        "Sums over pairs on a GPU",
        "device_pairs",
        "make benchmark-gpu",
        "Ordered pairs a second of a batch of clusters side by side, compilation apart. The issue bound is what the "
        "chip could do were every arithmetic lane busy at every tick; it is known for H200, H100 and A100 (SXM).",
    ),
    Section(
        "Clusters an hour on a GPU",
        "device_runs",
        "make benchmark-gpu",
        "256 clusters of the default experiment's kind, 50 Myr, side by side in one call, float64, each once; the call "
        "ends with the slowest.",
    ),
)
