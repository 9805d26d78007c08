# The test set reaches nothing but its one evaluation: checked over the whole DAG before the first job of every run.
EVALUATION_RULES = as_named_here(
    "simulate_sealed",
    "call_simulator_sealed",
    "import_runs_sealed",
    "summarize_sealed",
    "evaluate",
    "draw_sealed",
    "export_evaluation",
    "test_set",
)


def check_seal(dag):
    """Refuse a DAG in which a rule outside the evaluation descends from one inside it, or reads the sealed file itself."""
    opened = [job for job in dag.jobs if job.rule.name in EVALUATION_RULES]
    reading = [job for job in dag.jobs if PLAN.sealed_sources.intersection(map(str, job.input))]
    reached = {job.rule.name for job in dag.bfs(dag.depending, *opened, *reading)} - EVALUATION_RULES
    if reached:
        raise WorkflowError(f"the sealed test set reaches {', '.join(sorted(reached))}; nothing was run")


def check_release(dag):
    """Refuse to open the release stream of the test set but for a new version."""
    if any(job.rule.name in EVALUATION_RULES for job in dag.needrun_jobs()):
        try:
            require_a_new_version(LEDGER, LEDGER_ENTRY)
        except LedgerError as error:
            raise WorkflowError(str(error))


def check_environment():
    """Refuse to compute with other versions than the identities claim."""
    differing = differing_installations(read_pins(TREE / LOCK))
    if differing:
        told = ", ".join(f"{name} {found} (locked: {pinned})" for name, (pinned, found) in differing.items())
        raise WorkflowError(f"the environment is not the locked one: {told}; `make install` mends it")


def check_device():
    """Refuse to begin where the GPU that is asked for is missing; on a cluster, where jobs run elsewhere, they look."""
    try:
        if workflow.local_exec:
            DEVICE.gpus(os.environ)
    except NoGpuError as error:
        raise WorkflowError(str(error))


def hold_this_folder():
    """Refuse to run beside another run."""
    try:
        hold_unless_inherited()
    except CannotHoldError as error:
        raise WorkflowError(error)


def cancel_jobs_of_a_killed_run():
    """On a cluster the jobs live on when Snakemake is killed."""
    if prefix := getattr(workflow.executor_settings, "jobname_prefix", None):
        cancel_left_jobs(prefix, say)


def files_read_by(jobs):
    return {str(path) for job in jobs for path in job.input}


def stop_gracefully(*_):
    """Let the jobs at work finish and begin no other.

    Snakemake's own handler of SIGTERM does the same, but takes a lock that the thread it interrupts may hold, and then
    waits for ever.
    """
    _thread.start_new_thread(workflow.scheduler.exit_gracefully, ())


def say(line):
    print(line, file=sys.stderr, flush=True)


onstart:
    hold_this_folder()
    cancel_jobs_of_a_killed_run()
    check_seal(workflow.dag)
    check_release(workflow.dag)
    check_environment()
    check_device()
    signal.signal(signal.SIGTERM, stop_gracefully)
    date_now(files_read_by(workflow.dag.needrun_jobs()), say)
    watch(simulation_tallies(workflow.dag), other_work(workflow.dag), say)


onsuccess:
    check_remade(Path(), say)
    tell_what_was_found(PLAN.experiment, {job.rule.name for job in workflow.dag.finished_jobs}, say)


onerror:
    tell_of_failure(Path(), files_read_by(workflow.scheduler.failed), say)
