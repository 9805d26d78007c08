# The test set reaches nothing but its one evaluation: checked over the whole DAG before the first job of every run.
EVALUATION_RULES = {"simulate_sealed", "summarize_sealed", "evaluate", "export_evaluation"}


def check_seal(dag):
    """Refuse a DAG in which a rule outside the evaluation descends from one inside it."""
    opened = [job for job in dag.jobs if job.rule.name in EVALUATION_RULES]
    reached = {job.rule.name for job in dag.bfs(dag.depending, *opened)} - EVALUATION_RULES
    if reached:
        raise WorkflowError(f"the sealed test set reaches {', '.join(sorted(reached))}; nothing was run")


def check_environment():
    """Refuse to compute with other versions than the identities claim."""
    differing = differing_installations(read_pins(Path(workflow.basedir) / LOCK))
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


onstart:
    hold_unless_inherited()
    check_seal(workflow.dag)
    check_environment()
    check_device()
    watch(simulation_tallies(workflow.dag), say=lambda line: print(line, file=sys.stderr, flush=True))
