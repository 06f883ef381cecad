"""Questions asked of a loaded project on behalf of a person."""
