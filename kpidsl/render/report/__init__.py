"""Reports to HTML, Markdown, Excel, PDF and text; pictures apart from pages."""
