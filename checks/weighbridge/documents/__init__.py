"""The text that makes claims: where its quotes, figures and formulas stand."""
