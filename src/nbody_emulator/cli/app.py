"""The program `nbody-emulator`: its commands, and what becomes of what goes wrong.

Exit codes: 0 all is well, 1 the answer is no or something failed, 2 what was typed or named is wrong, 130 interrupted.
"""

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version

from nbody_emulator.extras import extra

with extra("cli"):
    from cyclopts import App, CycloptsError

from nbody_emulator.cli.commands.carry import carry
from nbody_emulator.cli.commands.check import check
from nbody_emulator.cli.commands.doctor import doctor
from nbody_emulator.cli.commands.evaluate import evaluate
from nbody_emulator.cli.commands.explain import explain
from nbody_emulator.cli.commands.gc import gc
from nbody_emulator.cli.commands.infer import infer
from nbody_emulator.cli.commands.infer_folder import infer_folder
from nbody_emulator.cli.commands.info import info
from nbody_emulator.cli.commands.predict import predict
from nbody_emulator.cli.commands.publish import publish
from nbody_emulator.cli.commands.report import report
from nbody_emulator.cli.commands.reproduce import reproduce
from nbody_emulator.cli.commands.run import run
from nbody_emulator.cli.commands.simulate import simulate
from nbody_emulator.cli.commands.summarize import summarize
from nbody_emulator.cli.commands.validate import validate
from nbody_emulator.cli.commands.verify import verify

FINE, NO, WRONG, INTERRUPTED = 0, 1, 2, 130

TRACEBACK = "NBODY_EMULATOR_TRACEBACK"
"""Variable that asks for the traceback of an error, for those who are to mend it."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""A disk is full, as writing says it: mostly without the file's name."""

TYPED_WRONGLY = (
    ValueError,
    TypeError,
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
)
"""Errors about what was typed or named; others are about what became of it."""

app = App(
    name="nbody-emulator",
    help="N-body runs of star clusters, emulators of them, and the experiment that tests their error bars.",
    help_epilogue=(
        "Numbers may carry a unit (1.2pc, 220km/s). Exit codes: 0 fine, 1 the answer is no or it failed, "
        "2 wrong usage, 130 interrupted."
    ),
    version=version("nbody-emulator"),
    result_action="return_value",
    exit_on_error=False,
    print_error=False,
    suppress_keyboard_interrupt=False,
)
for _group, _commands in {
    "Clusters and emulators": (simulate, summarize, infer, info),
    "Experiments": (
        validate,
        run,
        evaluate,
        report,
        infer_folder,
        explain,
        check,
        gc,
        publish,
        carry,
        verify,
        reproduce,
    ),
    "Help": (doctor,),
}.items():
    for _command in _commands:
        app.command(_command, group=_group)
# Its options depend on the emulator, and so does its help.
app.command(predict, group="Clusters and emulators", help_flags=[])
app.register_install_completion_command(help="Install completion for this shell (bash, zsh or fish).")


def main(tokens: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; what goes wrong is one line on stderr.

    Args:
        tokens: what was typed after the program's name; by default that of this process.
    """
    try:
        found = app(tokens)
        sys.stdout.flush()
    except CycloptsError as error:
        return _refused(f"{_one_line(error)} {_help_for(error)}", WRONG)
    except KeyboardInterrupt:
        return _refused("interrupted", INTERRUPTED)
    except BrokenPipeError:  # whoever read has had enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception as error:
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        return _refused(_told(error), WRONG if isinstance(error, TYPED_WRONGLY) else NO)
    return found if isinstance(found, int) else FINE


def _refused(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _help_for(error: CycloptsError) -> str:
    """Where it stands what would be right."""
    chain = [*(error.command_chain or ())]
    return f"See: {' '.join([app.name[0], *chain, '--help'])}"


def _told(error: Exception) -> str:
    """An error that this package words stands for itself; any other is told with its kind."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        place = f"{error.filename}: " if error.filename is not None else ""
        return f"{place}{error.strerror}; make room, then type the same again"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}; name another file or folder, or mend its permissions"
    is_worded = isinstance(error, (ValueError, TypeError, ImportError)) or type(error).__module__.startswith(
        "nbody_emulator"
    )
    if is_worded:
        return _one_line(error)
    told = f"this should not happen: {type(error).__name__}: {_one_line(error)}"
    return f"{told}; {TRACEBACK}=yes before the command shows where"
