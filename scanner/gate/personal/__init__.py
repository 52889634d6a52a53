"""Data of drivers and of homes, which evidence does without."""
