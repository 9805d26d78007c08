"""Stellar mass functions, one class a file."""
