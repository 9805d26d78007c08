"""What an observation's density is taken to be: the emulator's own word, and simpler words that others use."""
