"""The standard normal distribution, as scipy.stats has it, which takes longer to import than most tables to make."""

from scipy.special import ndtr, ndtri

cumulative = ndtr
"""Probability below z."""

quantile = ndtri
"""The z below which a probability lies."""
