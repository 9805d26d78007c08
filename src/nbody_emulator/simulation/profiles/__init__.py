"""Density profiles of clusters at the start, one class a file."""
