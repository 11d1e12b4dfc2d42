"""The certificate authority of one home folder, valid for the host names of transparent mode.

A client that trusts a certificate authority accepts every certificate that it signs. So this one is
constrained: clients reject a certificate that it signs for any other name or address (RFC 5280,
section 4.2.1.10). Only the owner of the folder can read its key.
"""

import os
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local_taskrouter.process import private_files
from local_taskrouter.transparent.hostname import HOSTNAME, HOSTNAMES

_AUTHORITY_DAYS = 3650
_SERVER_DAYS = 397  # some clients reject a server's certificate that is valid for longer
_NAME = "Local TaskRouter, for this computer only"
_NAMES = [x509.DNSName(name) for name in HOSTNAMES]


class Authority:
    """The authority stored in `folder`, created on first use and replaced before it expires.

    `now` is in seconds since 1970. A client must trust the file `certificate_file`. Raises
    UnusableFile.
    """

    def __init__(self, folder: Path, now: float) -> None:
        self.certificate_file = folder / "authority.pem"
        self.key_file = folder / "authority.key"
        self._now = datetime.fromtimestamp(now, UTC)
        private_files.create_folder(folder)
        folder.chmod(0o700)
        self._key, self._certificate = self._load() or self._create()

    def server_context(self) -> ssl.SSLContext:
        """A TLS context for a server that clients of this authority accept as each of HOSTNAMES."""
        key = ec.generate_private_key(ec.SECP256R1())
        constraints: list[tuple[x509.ExtensionType, bool]] = [
            (x509.SubjectAlternativeName(_NAMES), False),
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            (_key_usage(digital_signature=True), True),
        ]
        leaf = self._sign(HOSTNAME, key, _SERVER_DAYS, constraints, self._key, self._certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # The ssl module reads a key from a file only; the block deletes this one.
        with tempfile.TemporaryDirectory(dir=self.key_file.parent) as folder:
            chain = Path(folder) / "chain.pem"
            private_files.write(
                chain, _pem_of_key(key) + leaf.public_bytes(serialization.Encoding.PEM)
            )
            context.load_cert_chain(chain)
        return context

    def _load(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None:
        """Load key and certificate from disk; None if they are missing or not to be trusted.

        That is so if others could have read the key, if the two do not belong together, if they are
        for other host names, or if they expire before the server's certificate.
        """
        try:
            files = (self.key_file, self.certificate_file)
            stored_key, stored_certificate = (private_files.read(file) for file in files)
            if stored_key is None or stored_certificate is None:
                return None
            if os.name == "posix" and self.key_file.stat().st_mode & 0o077:
                return None
            key = serialization.load_pem_private_key(stored_key, None)
            certificate = x509.load_pem_x509_certificate(stored_certificate)
            extension = certificate.extensions.get_extension_for_class(x509.NameConstraints)
        except (TypeError, ValueError, UnsupportedAlgorithm, x509.ExtensionNotFound):
            return None
        if extension.value.permitted_subtrees != _NAMES:
            return None
        valid = certificate.not_valid_after_utc > self._now + timedelta(days=_SERVER_DAYS)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not valid:
            return None
        return (key, certificate) if key.public_key() == certificate.public_key() else None

    def _create(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        all_addresses = [x509.IPAddress(ip_network(net)) for net in ("0.0.0.0/0", "::/0")]
        constraints: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (x509.NameConstraints(_NAMES, all_addresses), True),
            (_key_usage(key_cert_sign=True), True),
        ]
        certificate = self._sign(_NAME, key, _AUTHORITY_DAYS, constraints, key, None)
        private_files.write(self.key_file, _pem_of_key(key))
        private_files.write(
            self.certificate_file, certificate.public_bytes(serialization.Encoding.PEM)
        )
        return key, certificate

    def _sign(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        days: int,
        extensions: list[tuple[x509.ExtensionType, bool]],
        signing_key: ec.EllipticCurvePrivateKey,
        signer: x509.Certificate | None,
    ) -> x509.Certificate:
        """Create a certificate of `name` for `key`; `signer` None means self-signed."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(signer.subject if signer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(
                self._now - timedelta(days=1)
            )  # tolerates a client whose clock is behind
            .not_valid_after(self._now + timedelta(days=days - 1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(identifier, False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signing_key, hashes.SHA256())


def _key_usage(digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
