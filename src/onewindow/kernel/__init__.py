"""Value types that every room shares. Standard library only."""
