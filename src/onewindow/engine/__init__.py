"""Pure functions over definitions and documents. No I/O and no clock of its own: time comes in as `as_of`."""
