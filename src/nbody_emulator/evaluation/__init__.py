"""The statistical protocol: tables of numbers with standard errors, from predictions and trials alone."""
