"""``python -m essaim``."""

from essaim.cli import main

main()
