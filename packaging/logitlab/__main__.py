"""`python -m logitlab …`, and the command `logitlab`: as `python3 app.py …` in the checkout."""

from __future__ import annotations

import sys

from app import main

if __name__ == "__main__":
    sys.exit(main())
