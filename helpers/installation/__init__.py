"""Whether the tutorial is installed completely."""

INSTALL = "pip install -e ./local-taskrouter -e ."
"""What installs the tutorial, in its folder."""
