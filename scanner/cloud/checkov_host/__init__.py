"""Checkov's own process: started as a folder, never imported by what runs beside it."""
