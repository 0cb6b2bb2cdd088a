"""Essaim: the generator of experience libraries for small French communes."""
