"""The API key of a local TaskRouter, with which a server signs tokens for agents' pages.

Its secret follows from the auth token, so that both are there, and change, together.
"""

import hmac

API_KEY = "SK10ca1000000000000000000000000000"


def credentials(account_sid: str, auth_token: str) -> dict[str, str]:
    """The secrets by the user name that a client gives with each."""
    return {account_sid: auth_token, API_KEY: api_secret(auth_token)}


def api_secret(auth_token: str) -> str:
    """The secret of API_KEY: 64 hexadecimal digits."""
    return hmac.new(auth_token.encode(), API_KEY.encode(), "sha256").hexdigest()
