"""A catalog and a question to what has to be computed."""
