"""Who may do what, asked of the platform with every identity at every module."""
