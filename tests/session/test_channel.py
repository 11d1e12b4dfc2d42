"""A channel that Python opens: what it hears, and how it ends."""

import pytest
from local_taskrouter.worker_token import worker_token
from timeout import eventually

from helpers.session.api_errors import ConnectionFailed
from helpers.session.channel import ChannelRefused, listen


@pytest.fixture
def lab(prepared):
    return prepared("alice offline")


@pytest.fixture
def token(lab):
    """Alice's token, as a JWT."""
    session = lab.session
    return worker_token(session.client, session.auth_token, lab.alice_sid)


def test_channel_hears_events_of_its_worker_alone(lab, token):
    channel = listen(lab.session, token)
    for sid in (lab.bob_sid, lab.alice_sid):
        lab.workspace.workers(sid).update(attributes='{"languages": ["es"]}')
    eventually("Alice's is heard", lambda: len(channel.heard) > 1)
    assert [event for event, _ in channel.heard] == ["init", "worker.attributes.update"]
    assert channel.about(lab.alice_sid) == ["init", "worker.attributes.update"]
    assert channel.about(lab.bob_sid) == []
    assert repr(channel) == "A channel that has heard init, worker.attributes.update"
    channel.close()
    channel.close()


def test_refused_token_is_an_error_with_the_reason_of_taskrouter(lab):
    with pytest.raises(ChannelRefused, match="Invalid Access Token"):
        listen(lab.session, "no.jwt.here")
    assert lab.session.requests[-1].status == 401


def test_address_where_nothing_listens_is_an_error(lab, token, monkeypatch):
    monkeypatch.setattr(lab.session, "address", "http://127.0.0.1:9")
    with pytest.raises(ConnectionFailed, match="cannot be reached"):
        listen(lab.session, token)
