"""Classifiers of single stars: settings, hyperparameters and candidates of each in its one file."""
