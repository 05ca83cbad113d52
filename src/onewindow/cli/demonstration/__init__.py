"""A demonstration that fills every page: its people are data, its submissions go through the real doors."""
