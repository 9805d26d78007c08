"""Integrators, one a file, each with the same two limbs.

An integrator is an immutable, hashable object without run-time state:

- `begin(system, state) -> memory` works out what it carries from step to step: accelerations, its own clocks;
- `advance(system, state, memory, interval, step) -> (state, memory, steps)` moves the stars by exactly
  `interval` [Myr], leaves them synchronized, and counts its steps. `step` [Myr] is the longest step allowed;
  whether steps are equal, shared or individual is the integrator's own affair.
"""
