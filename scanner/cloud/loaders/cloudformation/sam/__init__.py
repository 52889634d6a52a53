"""What AWS SAM makes of its own types, as far as that can be told from the template (AWS SAM specification)."""
