"""The spec language as editors need it: which keys there are, what each means, and what it may hold."""
