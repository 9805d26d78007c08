"""How the programs of this package are compiled."""

from functools import partial

import jax

compiled = partial(jax.jit, compiler_options={"xla_cpu_prefer_vector_width": "512"})
"""`jax.jit`, with vectors as wide as the processor has: LLVM by itself takes half of AVX-512, some 10 % slower."""
