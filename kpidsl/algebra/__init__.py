"""Core trees as numbers, polynomials and dimensions: the only door to sympy, which is imported when a question needs it."""
