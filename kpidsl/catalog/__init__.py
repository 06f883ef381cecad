"""Definitions to a catalog in which every name is resolved and every expression typed."""
