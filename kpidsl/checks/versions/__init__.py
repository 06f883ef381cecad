"""Two versions of definitions to what changed in their meaning."""
