"""Quantities and their algebra."""
