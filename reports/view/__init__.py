"""What people read first, computed once for the terminal and for HTML."""
