"""Forms half filled in: not lodged, not in the journal, owned by a login or by an anonymous session."""
