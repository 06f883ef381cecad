"""Outcomes of examples and row tests to text, JSON, annotations of GitHub and JUnit."""
