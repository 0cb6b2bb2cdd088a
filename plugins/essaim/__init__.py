"""Essaim: the generator of experience libraries for small French communes."""

import gc

gc.set_threshold(200_000, 20, 20)
"""Starting makes a hundred thousand objects, a build millions, and neither a cycle worth looking for so often."""
