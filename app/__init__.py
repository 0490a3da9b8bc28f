"""Tactful: a private word to the writer of a review comment, before anyone else reads it."""

__version__ = "0.1.0"
