"""The credentials module: read with every identity, and registered with, renewed and ended where that is allowed."""
