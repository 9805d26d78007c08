"""Predicted distributions of one new run's transformed outputs, one class a file; each is abstract or final.

A distribution is of one point. Many are the same object with leading axes on all its arrays, asked through `jax.vmap`
or `nbody_emulator.emulators.points.each_point`.
"""
