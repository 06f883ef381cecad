"""How each database spells what statements need: one file per dialect."""
