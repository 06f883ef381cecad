"""Grains, calendars and the periods that days fall into."""
