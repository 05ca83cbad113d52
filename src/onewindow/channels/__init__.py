"""Formats and carriers through which documents and messages come and go."""
