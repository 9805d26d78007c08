"""One command a file: a function of what was typed, told line by line or as JSON, that gives an exit code."""
