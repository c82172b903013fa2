"""Waystation: a simulator of application-integration patterns that is watched in the browser.

Nothing is imported here, so that the pure rooms (`engine`, `folds`) can be used without Django.
"""

__version__ = "0.1.0"
