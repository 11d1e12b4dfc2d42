"""REST API v1: parameters in, JSON out. One file for each resource, one table of routes.

A handler is a function of a `Call`; it runs inside the engine's lock and returns a `Reply`.
"""
