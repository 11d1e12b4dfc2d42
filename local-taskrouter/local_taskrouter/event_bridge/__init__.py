"""The Event Bridge: what Twilio's JavaScript agent SDK, taskrouter.js, talks to.

`POST /v1/wschannels` carries requests to the API, and a websocket at the same address pushes what
happens. The protocol is that of the SDK's source, https://github.com/twilio/twilio-taskrouter.js

    tokens     who presents a token, and until when
    access     what a token allows
    requests   the SDK's requests as requests to the REST API
    transfers  those that the REST API does not have
    shapes     the resources as the SDK reads them
    pushes     the messages about what a command changed
    channels   the open websockets, and which Worker each follows
    session    one websocket, from its handshake to its end
"""

PATH = "/v1/wschannels"
ROLES = ("worker", "supervisor", "admin")
"""Of an access token; the first is the default."""
