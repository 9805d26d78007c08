"""Fitted models: Equinox modules that answer one scaled input vector with a distribution, and how they are fitted."""
