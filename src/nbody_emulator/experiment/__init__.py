"""From a configuration to every result it asks for: read while the workflow is planned, so it stays light."""
