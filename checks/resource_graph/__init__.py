"""The resources of a stack as a graph: who refers to whom, and what follows from it."""
