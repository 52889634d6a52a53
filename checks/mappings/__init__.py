"""Other tools' rules as data: which checklist rows each touches, and how much a fail hurts."""
