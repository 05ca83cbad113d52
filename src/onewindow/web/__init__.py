"""The people's door: pages that work without JavaScript."""
