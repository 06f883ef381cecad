"""Core trees to polynomials and back; the only door to sympy."""
