"""Ways to the evidence of an observation, of one shape."""
