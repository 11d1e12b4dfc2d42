"""The connection to TaskRouter: the SDK client, its credentials, and the log of its requests."""
