"""Decides what documents claim about models."""

__version__ = "0.1.0"
