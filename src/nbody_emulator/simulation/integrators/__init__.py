"""Integrators, one class a file; each is an `AbstractIntegrator`."""
