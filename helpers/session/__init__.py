"""The connection to TaskRouter: the client, its credentials, and the log of its requests."""
