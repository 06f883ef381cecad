"""Bindings to tables whose columns and keys are checked."""
