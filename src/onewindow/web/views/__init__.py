"""Pages, one file a family."""
