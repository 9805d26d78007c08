"""Stellar mass functions: `sample(stars, generator, ...)` gives masses in solar masses."""
