"""What published files say of a model: its config.json, and the headers of its checkpoints."""
