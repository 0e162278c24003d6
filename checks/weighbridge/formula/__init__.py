"""An expression: how it is written, what it means exactly, and how printed figures are read."""
