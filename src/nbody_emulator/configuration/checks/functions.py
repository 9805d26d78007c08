"""Is the simulator a function that can be found, and is it asked for nothing that only clusters have?"""

import ast
from pathlib import Path

from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.identity.function_source import find_function
from nbody_emulator.settings.error import refuse, shown

KEY = "simulator.python"
SEED = "seed"


def check_function(experiment: FunctionExperiment) -> None:
    """The module is there and has the function, as far as can be told without running it."""
    named = experiment.simulator.python
    module, colon, function = named.partition(":")
    if not (colon and function.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        refuse(
            KEY, f"{shown(named)} is no function", "write module:function, as in examples.epidemic:simulate"
        )
    source = find_function(named, Path())
    if source is None:
        problem = f"there is no module {module!r} in this folder or among the installed ones"
        refuse(KEY, problem, f"write {module.replace('.', '/')}.py, or install it")
    try:
        defined = source.defines()
    except SyntaxError as error:
        refuse(KEY, f"{module} is no Python ({error.msg}, line {error.lineno})", "mend it")
    if not defined:
        refuse(KEY, f"{module} has no function {function!r}", "define it there, or name another")


def check_arguments(experiment: FunctionExperiment) -> None:
    """The function takes the parameters by name, and a seed, and wants nothing more, as far as can be told."""
    if SEED in experiment.parameters:
        remedy = "choose another name: every run is given a seed"
        refuse(f"parameters.{SEED}", "the simulator is given something else under this name", remedy)
    arguments = experiment.source(Path()).arguments
    if arguments is None:
        return
    taken = [each.arg for each in (*arguments.args, *arguments.kwonlyargs)]
    given = (*sorted(experiment.parameters), SEED)
    function = experiment.simulator.python.partition(":")[2]
    for name in given:
        if name not in taken and arguments.kwarg is None:
            refuse(KEY, f"{function} takes no {name!r}", f"name what it takes as here: {', '.join(given)}")
    for name in _wanted(arguments):
        if name not in given:
            remedy = "add it to parameters, or give it a default"
            refuse(KEY, f"{function} wants {name!r}, which is no parameter", remedy)


def _wanted(arguments: ast.arguments) -> list[str]:
    """Those without a default."""
    by_place = [*arguments.posonlyargs, *arguments.args]
    by_name = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    wanted = by_place[: len(by_place) - len(arguments.defaults)]
    return [each.arg for each in (*wanted, *(each for each, default in by_name if default is None))]


def check_roles(experiment: FunctionExperiment) -> None:
    """Runs whose stars are moved by the last bit are runs of stars."""
    for name in experiment.names_of("repeat"):
        refuse(f"sets.{name}.role", "'repeat' is for clusters alone", "remove the set, or write role: extra")


def check_columns(experiment: FunctionExperiment) -> None:
    """What a function returns has names, and no columns."""
    for section in ("parameters", "outputs"):
        for name, entry in sorted(getattr(experiment, section).items()):
            if entry.column is not None:
                refuse(f"{section}.{name}.column", "not used by simulator.python", "remove it")


CHECKS = (check_function, check_arguments, check_roles, check_columns)
