"""Integrators, one a file, each with the same two limbs.

An integrator is an immutable, hashable object without run-time state:

- `begin(system, state) -> memory` works out what it carries from step to step: fields, clocks of its own;
- `advance(system, state, memory, interval, step) -> (state, memory, account)` moves the stars by exactly
  `interval` [Myr], leaves them synchronized, and gives an `Account` of the way. `step` [Myr] is the longest
  step allowed; whether steps are equal, shared or individual is the integrator's own affair.

`memory.field` is the field at the present state, for whoever wants its energy.
"""
