"""The report as one HTML page that needs no network: the document with its claims, all results, and charts."""
