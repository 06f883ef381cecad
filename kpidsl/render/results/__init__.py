"""Results to text, JSON, CSV and Markdown."""
