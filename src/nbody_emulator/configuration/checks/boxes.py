"""Has the box of a parameter an inside? Asked of those of clusters and of any other simulator's."""

from nbody_emulator.settings.error import refuse, shown


def check_order(path: str, low: float, high: float, otherwise: str) -> None:
    """`path` is the key of the lower end; `otherwise` is what to do but widen the range."""
    if low > high:
        refuse(path, f"{shown(low)} is above the maximum {shown(high)}", "swap them")
    if low == high:
        refuse(path, f"{shown(low)} equals the maximum", f"widen the range, or {otherwise}")
