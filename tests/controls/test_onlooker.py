"""What looks on for the panels has a client of its own; it is as careful as the session's."""

from impostor import impostor, kill

from helpers.connection import connect
from helpers.controls.watch import watch_for
from helpers.workspace import prepare


def test_an_impostor_on_the_port_of_a_killed_one_is_sent_no_credentials(home):
    session = connect()
    looker = watch_for(prepare(session, "task waiting"))
    looker.refresh()
    with impostor(kill(home), lambda path: b"{}") as sent:
        looker.refresh()
    assert sent and "authorization" not in "".join(sent).lower()
    assert looker.news.trouble.startswith("TaskRouter does not answer")
    session.client.http_client.session.close()
