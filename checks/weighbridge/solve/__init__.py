"""Which hyperparameters the claims of a document determine, and what is left of the others."""
