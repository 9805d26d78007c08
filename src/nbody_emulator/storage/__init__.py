"""Files written whole or not at all: NetCDF with units and names, text, and the receipts that vouch for them."""
