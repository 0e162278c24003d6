"""A starting spec for a document: what its figures and formulas may be equal to, tried exactly."""
