"""What a KPI means, to text, JSON and Markdown."""
