"""The verbs of the Makefile."""
