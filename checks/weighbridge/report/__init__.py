"""What a run found, as one value, and the formats that show it: each a pure function from Report to text."""
