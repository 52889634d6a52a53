"""The stress lab: bounded load, and what becomes of everybody else meanwhile."""
