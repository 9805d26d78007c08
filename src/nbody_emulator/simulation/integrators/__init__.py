"""Integrators, one a file, each with the same limbs.

An integrator is an immutable, hashable object without run-time state. It keeps its own clock, in Myr since the
start, and takes its own steps, whatever times the states are wanted at:

- `refined` names the setting that is halved for a finer run, `in_crossing_times` those a configuration gives in
  crossing times;
- `over_runs(one)` maps a function of one run over many: `jax.vmap`, or one after another;
- `padding`: stars are padded to a multiple of it by empty slots, of which `system.present` tells;
- `settings(**numbers) -> dict` checks what a caller asked for and says what `begin` is to be given;
- `begin(system, state, **settings) -> memory` is all it carries from step to step, arrays only;
- `time(memory)` and `next_time(memory)` [Myr] are the moment it has reached and the one its next step ends at;
- `advance(system, memory) -> memory` takes that step;
- `at(system, memory, time) -> (state, energy)` is the state at a time between the two and its `energy.Energy`,
  by a step as short as needed that leaves no trace: the memory does not change, so that the times at which
  states are kept alter nothing. Stars are in the order they were given in;
- `outlook(system, memory) -> contacts.Outlook` is where the stars are going over the step ahead of each.

`memory.energy` is the `energy.Energy` when all stars were last together, `memory.work` the count of steps.
A change of the stars, two becoming one, comes between `at` and a new `begin`.
"""
