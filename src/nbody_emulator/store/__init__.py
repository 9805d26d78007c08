"""What lies in results/: stored results, their history, exports, what is published, the test set's ledger."""
