"""One platform on which a government's agencies share their services."""

VERSION = "0.1.0"
