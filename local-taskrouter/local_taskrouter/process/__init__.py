"""The server process of a home folder: find it, start it, stop it."""
