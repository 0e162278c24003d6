"""A spec: what one document claims, and what is needed to decide it."""
