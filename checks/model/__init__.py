"""The words of judging: check, verdict, finding, control, waiver."""
