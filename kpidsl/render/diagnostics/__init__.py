"""Findings to text, JSON, and the forms that build servers read; one file per format."""
