"""Plans to text: what will run for a question."""
