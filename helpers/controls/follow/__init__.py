"""Panels that follow TaskRouter: one poller reads snapshots, and every panel renders the latest."""
