"""Figures: each draws one tidy table, and computes nothing but what it takes to display it."""
