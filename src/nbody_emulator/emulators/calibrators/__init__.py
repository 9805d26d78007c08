"""Calibrators: what makes a fitted model's distributions as wide as its errors on runs it has not seen."""
