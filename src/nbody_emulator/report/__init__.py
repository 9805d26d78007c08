"""The report of a finished experiment: one page, read off its exported files alone."""
