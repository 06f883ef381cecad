"""From what a result was worked out from to the receipt of each of its cells."""
