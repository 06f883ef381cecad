"""Findings to text, JSON, annotations of GitHub and JUnit."""
