"""The host names at Twilio that transparent mode serves.

The server imports this file; the rest of transparent mode loads cryptography.
"""

HOSTNAME = "taskrouter.twilio.com"
HOSTNAMES = (HOSTNAME, "api.twilio.com", "event-bridge.twilio.com")
"""api.twilio.com for the account alone, which some clients read before anything else; the last one for
agents' pages."""
