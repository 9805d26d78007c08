"""Switches JAX to float64. Every module that computes with JAX imports this one first."""

import jax

jax.config.update("jax_enable_x64", True)
