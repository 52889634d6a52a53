"""The cloud witness: declared resources, judged by Checkov and by our own checks."""
