"""One verdict on a document: the fast way for what passes, every finding for what does not."""
