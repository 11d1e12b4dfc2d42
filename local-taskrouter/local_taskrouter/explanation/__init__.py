"""Why a Task is where it is, found out from what the REST API shows."""
