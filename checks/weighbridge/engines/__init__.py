"""Ways to decide, side by side; none knows another."""
