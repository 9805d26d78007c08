"""The command line `nbody-emulator`: one command a file in `commands`, and what they share."""
