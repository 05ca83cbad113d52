"""What becomes of a submission: its life as a value, who may do what to it, and what doing it makes of it."""
