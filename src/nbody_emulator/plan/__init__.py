"""Every result of an experiment, named before anything is run; read while the workflow is planned, so light."""
