"""The evidence pack: one zip file that an auditor can verify offline, years later."""
