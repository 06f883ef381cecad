"""YAML text to definitions."""
