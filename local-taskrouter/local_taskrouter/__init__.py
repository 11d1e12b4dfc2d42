"""A local TaskRouter behind Twilio's REST API v1: stateful, durable, one process per learner.

`python -m local_taskrouter` serves it. From Python, `process.launch.ensure_running` finds or starts
the one of a home folder, and `testing.local_taskrouter` runs one in a test's process.
"""
