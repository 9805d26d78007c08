"""A whole experiment as a person wrote it: read, completed, checked and described."""
