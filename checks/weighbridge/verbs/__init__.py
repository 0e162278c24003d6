"""What can be asked on the command line: one module a verb, which imports what it needs when it runs."""
