"""The machine door: one file per endpoint."""
