"""One file for each form in which a cloud is declared."""
