"""Something to do just before a module is imported for the first time."""

import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder


class _Before(MetaPathFinder):
    """Asked where every module is, it never knows."""

    def __init__(self, module: str, act: Callable[[], None]):
        self.module = module
        self.act = act

    def find_spec(self, fullname, path, target=None):
        if fullname == self.module:
            sys.meta_path.remove(self)
            self.act()


def before_import(module: str, act: Callable[[], None]) -> None:
    """Call `act` once, when `module` is about to be imported in this process."""
    sys.meta_path.insert(0, _Before(module, act))
