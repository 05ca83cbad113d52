"""From a definition to one generated module that checks in one pass. Done once, at start."""
