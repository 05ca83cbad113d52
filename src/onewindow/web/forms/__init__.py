"""Forms made from a definition's items: what is shown, what was typed, what was said about it."""
