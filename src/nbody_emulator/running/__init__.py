"""What jobs and the run around them need while they run: devices, locks, clocks, words for what happened."""
