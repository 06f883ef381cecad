"""What changed between two versions of definitions, to text, JSON and Markdown."""
