"""Pages a person opens in a browser: one file each, without a server or a network."""
