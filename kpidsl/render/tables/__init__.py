"""Tables of texts to text, CSV, Markdown and JSON."""
