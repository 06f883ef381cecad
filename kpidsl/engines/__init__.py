"""A plan and data to slots per cell; one file per engine."""
