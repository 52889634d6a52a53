"""Checks of a cloud as it is declared: each family puts its questions to the resource graph of a stack."""
