"""Star-cluster N-body simulations and emulators of them whose error bars were tested."""
