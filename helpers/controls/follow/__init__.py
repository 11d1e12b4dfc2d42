"""Panels that follow TaskRouter: they poll it and show the newest snapshot."""
