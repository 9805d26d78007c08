"""Switches JAX to float64, for the whole process. Every module that computes with JAX imports this one first.

So does whoever imports `integrate`, `evolve` or `Emulator`: from then on `jax.numpy.ones(2)` of the program around is
float64 too. To go without, keep to numpy around this package, name dtypes, or use it in a process of its own.

JAX starts threads, which a forked process lacks: it may hang in the first computation. Use the `spawn` or `forkserver`
start method: `multiprocessing.get_context("spawn")`, or `ProcessPoolExecutor(mp_context=...)`.
"""

import jax

jax.config.update("jax_enable_x64", True)
