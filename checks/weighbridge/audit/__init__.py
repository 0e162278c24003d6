"""Whether a spec would notice: it is changed in one place after another, and something in it must fail each time."""
