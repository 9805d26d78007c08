"""The protocol for runs of one's own, in Python, without a workflow."""
