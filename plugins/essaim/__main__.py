"""``python -m essaim``."""

from essaim.cli import main

if __name__ == "__main__":
    main()
