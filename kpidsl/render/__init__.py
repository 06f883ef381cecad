"""Diagnostics and results to text and files; one file per format."""
