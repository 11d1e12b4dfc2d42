"""The certificate authority of transparent mode, checked by real TLS handshakes."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from local_taskrouter.process.private_files import UnusableFile
from local_taskrouter.transparent import authority as authority_module
from local_taskrouter.transparent.authority import Authority
from local_taskrouter.transparent.hostname import HOSTNAME, HOSTNAMES

NOW = datetime.now(UTC).timestamp()
DAY = 86_400
posix_only = pytest.mark.skipif(os.name != "posix", reason="there are no file modes")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "transparent"


def handshake(authority, server_context, name):
    """Connect a client that trusts only `authority` and expects `name`; raises SSLError."""
    trusting = ssl.create_default_context(cafile=authority.certificate_file)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    for _ in range(3):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
    assert client.version() and server.version()


def context_signed_for(authority, name, folder):
    """A server's context with a certificate for `name`, signed with the authority's key."""
    signing_key = serialization.load_pem_private_key(authority.key_file.read_bytes(), None)
    assert isinstance(signing_key, ec.EllipticCurvePrivateKey)
    signer = x509.load_pem_x509_certificate(authority.certificate_file.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    at = datetime.fromtimestamp(NOW, UTC)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(signer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        .add_extension(identifier, critical=False)
        .sign(signing_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    chain = folder / "forged.pem"
    chain.write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


def test_client_that_trusts_the_authority_accepts_twilios_name(folder):
    authority = Authority(folder, NOW)
    handshake(authority, authority.server_context(), HOSTNAME)


@pytest.mark.parametrize("name", ["video.twilio.com", "127.0.0.1", "localhost"])
def test_client_rejects_the_server_under_another_name(folder, name):
    authority = Authority(folder, NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(authority, authority.server_context(), name)


@pytest.mark.parametrize(
    "name",
    [
        x509.DNSName("video.twilio.com"),
        x509.DNSName("twilio.com"),
        x509.DNSName("example.org"),
        x509.IPAddress(ip_address("127.0.0.1")),
        x509.IPAddress(ip_address("::1")),
    ],
)
def test_certificate_for_another_name_is_rejected(folder, tmp_path, name):
    authority = Authority(folder, NOW)
    forged = context_signed_for(authority, name, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
        handshake(authority, forged, str(name.value))


def test_certificate_for_twilios_name_is_accepted(folder, tmp_path):
    authority = Authority(folder, NOW)
    handshake(authority, context_signed_for(authority, x509.DNSName(HOSTNAME), tmp_path), HOSTNAME)


def test_client_that_trusts_another_authority_rejects_the_server(folder, tmp_path):
    server = Authority(folder, NOW).server_context()
    other = Authority(tmp_path / "other", NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(other, server, HOSTNAME)


@posix_only
def test_only_the_owner_can_read_the_key_and_no_server_key_is_stored(folder):
    authority = Authority(folder, NOW)
    authority.server_context()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert authority.key_file.stat().st_mode & 0o777 == 0o600
    assert sorted(folder.iterdir()) == [authority.key_file, authority.certificate_file]


@posix_only
def test_folder_mode_is_restricted(folder):
    folder.mkdir(mode=0o755)
    Authority(folder, NOW)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_authority_is_created_once(folder):
    first = Authority(folder, NOW).certificate_file.read_bytes()
    assert Authority(folder, NOW + 365 * DAY).certificate_file.read_bytes() == first


def make_readable_by_others(authority):
    authority.key_file.chmod(0o640)


def replace_key(authority):
    other = Authority(authority.key_file.parent / "other", NOW)
    authority.key_file.write_bytes(other.key_file.read_bytes())


def delete_key(authority):
    authority.key_file.unlink()


def truncate_certificate(authority):
    content = authority.certificate_file.read_bytes()
    authority.certificate_file.write_bytes(content[: len(content) // 2])


def test_when_the_host_names_change_then_the_authority_is_replaced(folder, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(authority_module, "_NAMES", [x509.DNSName(HOSTNAME)])
        before = Authority(folder, NOW).certificate_file.read_bytes()
    again = Authority(folder, NOW)
    assert again.certificate_file.read_bytes() != before
    for name in HOSTNAMES:
        handshake(again, again.server_context(), name)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(make_readable_by_others, marks=posix_only),
        replace_key,
        delete_key,
        truncate_certificate,
    ],
)
def test_untrustworthy_authority_is_replaced(folder, harm):
    first = Authority(folder, NOW)
    before = first.certificate_file.read_bytes()
    harm(first)
    again = Authority(folder, NOW)
    assert again.certificate_file.read_bytes() != before
    handshake(again, again.server_context(), HOSTNAME)


def test_expiring_authority_is_replaced(folder):
    before = Authority(folder, NOW - 3300 * DAY).certificate_file.read_bytes()
    again = Authority(folder, NOW)
    assert again.certificate_file.read_bytes() != before
    handshake(again, again.server_context(), HOSTNAME)


def test_server_certificate_expires_after_397_days(folder):
    authority = Authority(folder, NOW)
    handshake(authority, Authority(folder, NOW - 390 * DAY).server_context(), HOSTNAME)
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        handshake(authority, Authority(folder, NOW - 398 * DAY).server_context(), HOSTNAME)


@posix_only
@pytest.mark.parametrize("name", ["authority.key", "authority.pem"])
def test_link_in_place_of_a_file_is_refused(folder, tmp_path, name):
    folder.mkdir(mode=0o700)
    (folder / name).symlink_to(tmp_path / "target")
    with pytest.raises(UnusableFile, match=f"{name} is a link to another file"):
        Authority(folder, NOW)
    assert not (tmp_path / "target").exists()
