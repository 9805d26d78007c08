"""Density profiles: `sample(stars, generator)` gives positions and velocities in the profile's own units."""
