"""Slots to values, intervals and verdicts."""
