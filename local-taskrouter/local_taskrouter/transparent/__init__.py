"""Transparent mode: the local TaskRouter answers where programs look for taskrouter.twilio.com."""
