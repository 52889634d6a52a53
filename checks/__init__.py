"""Everything that judges: the checklist as data, the check families, tool mappings and policies."""
