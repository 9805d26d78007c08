"""What posteriors are held to, wherever they are made, judged or told of."""

REGION_LEVELS = (0.50, 0.68, 0.90, 0.95)
"""Of the regions whose shares of true parameters are counted."""

SMALLEST_EFFECTIVE_SIZE = 400.0
"""Independent draws that the points of a posterior must be worth: the ends of a 90 % interval are then known to 1/20 of
its width."""
