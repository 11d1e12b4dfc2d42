"""REST API v1: one file for each resource, and the table of routes.

A handler takes a `Call`, runs inside the engine's lock and returns a `Reply`.
"""
