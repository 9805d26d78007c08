"""Fitted classifiers: Equinox modules that answer a cluster with the log odds of each of its stars."""
