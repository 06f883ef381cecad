"""A catalog to findings (being written)."""


def check(catalog, *, fast=False, cache=True):
    return ()
