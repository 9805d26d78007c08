"""Galaxies that a cluster circles in, one class a file."""
