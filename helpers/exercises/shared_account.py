"""The exercise of lesson 12: delete one's own Workspace in an account that others use too."""

import re

from twilio.base.exceptions import TwilioRestException

from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.shared_account import SharedAccount

_SID_IN_PATH = re.compile(r"/Workspaces/(?!WS[0-9a-f]{32}\b)[^/]")


@refreshing
def mine_is_gone(lab: SharedAccount) -> SelfCheck:
    """Lesson 12: the learner's Workspace is deleted, and the colleagues' are not."""
    mine, *others = (_exists(lab, sid) for sid in (lab.mine, *lab.colleagues))
    found, advice = _still_there(lab) if mine else ("", "")
    subject, them = ("A colleague's Workspace is", "it") if any(others) else ("They are", "them")
    lost = (
        f"{subject} gone, with all that was in {them}. A name is no proof of who made a Workspace,"
        " and a list has an order, not an owner: delete by SID, the one in `mine`. Run the cell"
        " again, which makes all of them anew."
    )
    return SelfCheck(
        "Remove one of three",
        [
            Line("Your Workspace is gone", not mine, found, advice if all(others) else lost),
            Line(
                "Your colleagues' Workspaces are there",
                all(others),
                "one is gone" if any(others) else "both are gone",
                lost,
            ),
        ],
    )


def _still_there(lab: SharedAccount) -> tuple[str, str]:
    """What the learner's Workspace looks like, and what to do."""
    sent = lab.session.requests.since_mark()
    if any(_SID_IN_PATH.search(exchange.path) for exchange in sent):
        return "it is there", "A Workspace's address has its SID (WS…), not its name: use `mine`."
    workspace = lab.session.client.taskrouter.v1.workspaces(lab.mine)
    if not workspace.workers.list(limit=1):
        advice = "Delete the Workspace itself: everything in it goes with it."
        return "it is empty and still there", advice
    advice = (
        "Its SID, a text, is in `mine`, and its account's client is `account`, not `client`."
        " `session.teardown()` removes only what `prepare()` made."
    )
    return "it is there", advice


def _exists(lab: SharedAccount, sid: str) -> bool:
    try:
        lab.session.client.taskrouter.v1.workspaces(sid).fetch()
    except TwilioRestException as error:
        if error.status != 404:
            raise
        return False
    return True
