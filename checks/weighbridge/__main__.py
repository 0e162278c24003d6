"""`python -m weighbridge` is the command `weighbridge`."""

from __future__ import annotations

import sys

from weighbridge.cli import main

if __name__ == "__main__":
    sys.exit(main())
