"""Transparent mode put together: an authority, a proxy, and what to tell other programs.

A program is led here by its environment alone. These variables are those that clients read:
HTTPS_PROXY most of them; HTTP_PROXY Twilio's Node SDK and command line tool, for HTTPS too; the
last four name the certificate to trust. NO_PROXY keeps other servers of this machine reachable.
"""

from pathlib import Path
from typing import Self

from local_taskrouter.transparent.authority import Authority
from local_taskrouter.transparent.proxy import Proxy


class Transparent:
    """The proxy of one home `folder`, on `port` or a free one, to the emulator at `upstream`.

    `upstream` is a (host, port), `now` in seconds since 1970. It serves inside a `with` block;
    `variables` are the environment of a program that is to use it. Raises OSError when `folder`
    cannot be written to.
    """

    def __init__(self, folder: Path, port: int, upstream: tuple[str, int], now: float) -> None:
        authority = Authority(folder / "transparent", now)
        self._proxy = Proxy(port, authority.server_context(), upstream)
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
