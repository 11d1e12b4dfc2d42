"""Transparent mode: a certificate authority, a proxy, and environment variables for programs.

A program needs only the variables. Most clients read HTTPS_PROXY; Twilio's Node SDK and command
line tool read HTTP_PROXY, for HTTPS too; the last four name the certificate to trust. NO_PROXY keeps
other servers on this machine reachable. A program that uses no proxy needs the `https_port`, and the
hosts file to name this machine.
"""

from pathlib import Path
from typing import Self

from local_taskrouter.transparent.authority import Authority
from local_taskrouter.transparent.proxy import Https, Proxy, Server


class Transparent:
    """A context manager that runs the proxy of the home `folder`, to `server`.

    `now` is in seconds since 1970; if `port` is taken, the proxy uses a free one. With `https_port` (0:
    a free one) it also answers there without a proxy; `https_ports` then has that port. `variables`
    is the environment that a program needs. Raises UnusableFile, and OSError or OverflowError if
    `https_port` cannot be used.
    """

    def __init__(
        self, folder: Path, port: int, server: Server, now: float, https_port: int | None = None
    ) -> None:
        authority = Authority(folder / "transparent", now)
        context = authority.server_context()
        https = [] if https_port is None else [Https(https_port, context, server)]
        self.https_ports = [listening.port for listening in https]
        self._proxy = Proxy(port, context, server)
        self._listening = [*https, self._proxy]
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
        for listening in self._listening:
            listening.start()
        return self

    def __exit__(self, *_: object) -> None:
        for listening in self._listening:
            listening.stop()
