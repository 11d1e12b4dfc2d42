"""Runs a curl command in a notebook."""
