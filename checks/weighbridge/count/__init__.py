"""How many parameters a model has, exactly: from an architecture's inventory, or from the header of a checkpoint."""
