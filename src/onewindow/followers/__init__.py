"""What follows the journal, one file per follower; each keeps a position of its own."""
