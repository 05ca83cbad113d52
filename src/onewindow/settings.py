"""What an installation may set, read from the environment once."""
