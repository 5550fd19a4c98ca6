"""Papers: written by sop.documents, kept as evidence, and put where the office finds them."""
