"""Essaim: the generator of experience libraries for small French communes."""

import gc
import os

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""Pydantic would look for plugins among all that is installed: none is ours, and looking takes 9 ms."""

gc.set_threshold(200_000, 20, 20)
"""Starting makes a hundred thousand objects, a build millions, and neither a cycle worth looking for so often."""
