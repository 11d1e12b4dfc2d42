import pytest
from exercise_guard import solution_of
from nbformat import read
from twilio.base.exceptions import TwilioRestException

from helpers.exercises import mine_is_gone
from helpers.lessons.shared_account import BAKERY, SharedAccount, fill_account
from tools.refresh import NOTEBOOKS

CELLS = read(NOTEBOOKS / "12-on-real-twilio.ipynb", as_version=4).cells
[SOLUTION] = filter(None, map(solution_of, CELLS))
SHARED = "A name is no proof of who made a Workspace, and a list has an order, not an owner"
IN_MINE = "Its SID, a text, is in `mine`, and its account's client is `account`, not `client`."
NAMED = "workspaces.list(friendly_name='Bakery')"


@pytest.fixture
def lab(session) -> SharedAccount:
    return fill_account(session)


def attempt(lab: SharedAccount, line: str) -> None:
    """Run the learner's line, which may be refused."""
    account = lab.session.client
    names = {
        "account": account,
        "mine": lab.mine,
        "session": lab.session,
        "workspaces": account.taskrouter.v1.workspaces,
    }
    try:
        exec(line, names)  # noqa: S102 - as the notebook's kernel does
    except (TwilioRestException, AttributeError):
        pass


@pytest.mark.parametrize(
    ("line", "marks", "said"),
    [
        ("", "○✓", "`session.teardown()` removes only what `prepare()` made."),
        ("session.teardown()", "○✓", "`session.teardown()` removes only what `prepare()` made."),
        (f"for each in {NAMED}: each.delete()", "✓○", "both are gone"),
        (f"for each in {NAMED}: each.delete()", "✓○", SHARED),
        ("for each in workspaces.list(): each.delete()", "✓○", SHARED),
        (f"{NAMED}[0].delete()", "○○", "one is gone"),
        (
            f"{NAMED}[0].delete()",
            "○○",
            "Next: A colleague's Workspace is gone, with all that was in it.",
        ),
        (f"for each in {NAMED}: each.delete()", "✓○", "Next: They are gone, with all that was in"),
        (f"{NAMED}[-1].delete()", "○○", "one is gone"),
        ("workspaces('Bakery').delete()", "○✓", "has its SID (WS…), not its name: use `mine`"),
        ("workspaces('mine').delete()", "○✓", "has its SID (WS…), not its name: use `mine`"),
        (
            "for each in workspaces(mine).workers.list(): each.delete()",
            "○✓",
            "it is empty and still there",
        ),
        ("workspaces(mine).update(friendly_name='gone')", "○✓", IN_MINE),
        ("workspaces.delete(mine)", "○✓", IN_MINE),
        ("mine.delete()", "○✓", IN_MINE),
        (SOLUTION, "✓✓", "✓ Solved"),
    ],
)
def test_attempt_is_answered_with_its_slip(lab, line, marks, said):
    attempt(lab, line)
    found = mine_is_gone(lab)
    assert "".join(str(each)[0] for each in found.lines) == marks
    assert said in str(found)


def test_new_start_forgets_an_earlier_attempt(lab):
    attempt(lab, "workspaces('Bakery').delete()")
    attempt(lab, SOLUTION)
    again = fill_account(lab.session)
    names = [each.friendly_name for each in workspaces(lab)]
    assert names.count(BAKERY) == 3 and len(names) == 4
    assert not mine_is_gone(again).solved
    assert "not its name" not in str(mine_is_gone(again))


def test_name_in_a_list_does_not_tell_mine_from_the_others(lab):
    bakeries = [each.sid for each in workspaces(lab) if each.friendly_name == BAKERY]
    assert bakeries == [lab.colleagues[0], lab.mine, lab.colleagues[1]]


def workspaces(lab: SharedAccount) -> list:
    return lab.session.client.taskrouter.v1.workspaces.list()
