"""What a catalog claims, examined."""
