"""The process that serves a home folder: find it, start it, stop it."""
