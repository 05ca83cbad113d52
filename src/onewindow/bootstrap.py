"""The only wiring: gives the doors the use cases with their ports filled."""
