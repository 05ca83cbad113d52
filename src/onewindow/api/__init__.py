"""The machine door: one bare ASGI application with a declared table of operations, one file an endpoint."""
