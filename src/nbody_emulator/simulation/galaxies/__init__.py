"""Galaxies: `tide(orbit, ...)` gives the tide on a circular orbit of that radius [pc]."""
