"""Measurements of the whole way, each with a database and a server of its own."""
