"""Makes `scanner/model/ocpi/data/` from the tables of the specification; facts only, no sentence of it is kept."""
