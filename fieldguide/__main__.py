"""`python -m fieldguide`, and the door of the frozen application."""

import sys

from fieldguide.cli import main

if __name__ == "__main__":
    sys.exit(main())
