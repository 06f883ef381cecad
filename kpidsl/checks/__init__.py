"""What a catalog claims, examined: findings about formulas, identities and benchmarks."""
