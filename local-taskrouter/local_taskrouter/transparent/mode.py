"""Transparent mode: a certificate authority, a proxy, and environment variables for programs.

A program needs only the variables. Most clients read HTTPS_PROXY; Twilio's Node SDK and command
line tool read HTTP_PROXY, for HTTPS too; the last four name the certificate to trust. NO_PROXY keeps
other servers on this machine reachable.
"""

from pathlib import Path
from typing import Self

from local_taskrouter.transparent.authority import Authority
from local_taskrouter.transparent.proxy import Proxy, Server


class Transparent:
    """A context manager that runs the proxy of the home `folder`, to `server`.

    `now` is in seconds since 1970; if `port` is taken, the proxy uses a
    free one. `variables` is the environment that a program needs. Raises UnusableFile.
    """

    def __init__(self, folder: Path, port: int, server: Server, now: float) -> None:
        authority = Authority(folder / "transparent", now)
        self._proxy = Proxy(port, authority.server_context(), server)
        certificate = str(authority.certificate_file)
        self.variables = {
            "HTTPS_PROXY": self._proxy.url,
            "HTTP_PROXY": self._proxy.url,
            "NO_PROXY": "localhost,127.0.0.1",
            "REQUESTS_CA_BUNDLE": certificate,
            "NODE_EXTRA_CA_CERTS": certificate,
            "CURL_CA_BUNDLE": certificate,
            "SSL_CERT_FILE": certificate,
        }

    def __enter__(self) -> Self:
        self._proxy.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._proxy.stop()
