"""A local TaskRouter behind Twilio's REST API v1: stateful, durable, one process per learner.

`python -m local_taskrouter` serves it. From Python, `launch.ensure_running` finds or starts the
one that belongs to a home folder; everything else here runs inside that process.
"""
