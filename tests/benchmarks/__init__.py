"""How fast claims are decided, beside C, NumPy, numexpr, plain Python, sympy and z3; `make bench` runs it."""
