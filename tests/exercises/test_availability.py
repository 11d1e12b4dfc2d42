import pytest

LESSON = "01-alice-offline"
BOB, ALICE = "workspace.workers(lab.bob_sid)", "workspace.workers(lab.alice_sid)"
LUNCH = 'lunch = workspace.activities.create("Lunch", available={})'
MADE = LUNCH.format(False)
TO_LUNCH = ".update(activity_sid=lunch.sid)"
WHEN_AVAILABLE = f"{LUNCH.format(True)}\n{BOB}{TO_LUNCH}"
UNAVAILABLE = 'unavailable = workspace.activities.list(friendly_name="Unavailable")[0]'


class TestBobIsAtLunch:
    @pytest.fixture
    def lunch(self, open_exercise):
        return open_exercise(LESSON, "Lunch")

    @pytest.mark.parametrize(
        ("lines", "expected", "advice"),
        [
            ("", "○○○✓", 'Create it: `workspace.activities.create("Lunch", …)`'),
            (WHEN_AVAILABLE, "✓✓○✓", "The flag can't be changed: create the Activity again"),
            (
                f'{MADE}\n{BOB}.update(activity_sid="Lunch")',
                "✓○○✓",
                "`activity_sid` takes a SID (WA…), not a name",
            ),
            (
                f"{MADE}\n{BOB}.update(activity_sid=lunch)",
                "✓○○✓",
                "`activity_sid` takes the Activity's SID, not the Activity: `lunch.sid`",
            ),
            (
                f'{MADE}\n{BOB}.update(activity_name="Lunch")',
                "✓○○✓",
                "Lunch exists. Now move Bob: `workspace.workers(lab.bob_sid).update(activity_sid",
            ),
            (
                f"{UNAVAILABLE}\n{BOB}.update(activity_sid=unavailable.sid)",
                "○○✓✓",
                "can't tell lunch from any other reason to be Unavailable: create Lunch",
            ),
            (
                f"{MADE}\n{ALICE}{TO_LUNCH}",
                "✓○○○",
                "Alice is at Lunch; Bob is still Idle. Look whose SID is in your line",
            ),
            (f"{MADE}\n{ALICE}{TO_LUNCH}\n{BOB}{TO_LUNCH}", "✓✓✓○", "Update Alice"),
            (MADE, "✓○○✓", "Lunch exists. Now move Bob"),
            (
                f'{BOB}.update(friendly_name="Bob (lunch)", activity_sid=lab.offline_sid)',
                "○○✓✓",
                "any other reason to be Offline",
            ),
            (
                'workspace.activities.create("lunch", available=False)',
                "○○○✓",
                "Its name is `Lunch`, with a capital L: create it again",
            ),
        ],
    )
    def test_slip_is_named(self, lunch, expect, lines, expected, advice):
        expect(lunch.attempt(lines), expected, advice)

    def test_activity_lunch_is_named_as_a_place(self, lunch):
        assert "he is in Lunch, which is available" in str(lunch.attempt(WHEN_AVAILABLE))

    def test_activity_in_small_letters_is_gone_after_a_new_start(self, lunch):
        lunch.write('workspace.activities.create("lunch", available=False)')
        lunch.begin()
        assert "capital L" not in lunch.check().advice

    def test_second_activity_of_the_name_mends_the_flag_of_the_first(self, lunch):
        lunch.write(WHEN_AVAILABLE)
        assert lunch.attempt(f"{MADE}\n{BOB}{TO_LUNCH}").solved


class TestBothLanguages:
    @pytest.fixture
    def languages(self, open_exercise):
        return open_exercise(LESSON, "Two languages")

    @staticmethod
    def line(expression: str, queue: str = "english") -> str:
        return f"workspace.task_queues(lab.{queue}_queue_sid).update(target_workers={expression!r})"

    @pytest.mark.parametrize(
        ("expression", "expected", "advice"),
        [
            (
                'languages HAS "en"',
                "✓○✓",
                'still has `languages HAS "en"`: `update(target_workers=…)`',
            ),
            ('languages HAS "fr"', "○✓✓", "One language is not enough: add a second condition"),
            (
                'languages HAS "en" AND "es"',
                "✓○✓",
                '`"es"` alone is no condition: write a whole one on both sides of AND',
            ),
            ('languages HAS ["en","es"]', "○✓✓", "HAS takes one value: no list contains a list"),
            ('languages HAS "en" OR languages HAS "es"', "✓○○", "One language is enough with OR"),
            (
                'languages == ["en","es"]',
                "○✓✓",
                "== compares single values, and is false for lists",
            ),
            ("languages HAS en", "○✓✓", "`en` without quotes is a key, and no Worker has it"),
            ('languages HAS "en" AND languages HAS es', "○✓✓", "`es` without quotes is a key"),
            ('languages HAS "es"', "✓✓○", "Spanish alone is not enough: keep the first condition"),
            ('languages IN ["en","es"]', "○✓✓", "IN looks for one value in your list"),
            ('languages CONTAINS "en" AND languages CONTAINS "es"', "○✓✓", "HAS looks into a list"),
            ('languages HAS "en", "es"', "✓○✓", "its message points at the place"),
            ('languages HAS "en" && languages HAS "es"', "✓○✓", "its message points at the place"),
            ('languages HAS "EN" AND languages HAS "ES"', "○✓✓", "capital letters count"),
            ('language HAS "en" AND language HAS "es"', "○✓✓", "no Worker has the key `language`"),
            ('languages HAS "en" AND language HAS "es"', "○✓✓", "has the key `language`"),
            ('langauges HAS "en" AND languages HAS "es"', "○✓✓", "has the key `langauges`"),
            ('name == "Eva"', "○✓✓", "no Worker has the key `name`"),
            ('languages HAS "en, es"', "○✓✓", '`"en, es"` is one value, and no list holds it'),
            ("languages HAS 'en or es'", "○✓✓", "`'en or es'` is one value, and no list holds it"),
            ('languages HAS "en" AND languages HAS "sp"', "○✓✓", 'No Worker speaks `"sp"`'),
        ],
    )
    def test_slip_is_named(self, languages, expect, expression, expected, advice):
        expect(languages.attempt(self.line(expression)), expected, advice)

    def test_update_of_the_other_task_queue_is_named(self, languages):
        languages.write(self.line('languages HAS "en" AND languages HAS "es"', "spanish"))
        assert "You changed the Spanish TaskQueue." in languages.check().advice

    @pytest.mark.parametrize(
        "expression",
        [
            'languages HAS "es" AND languages HAS "en"',
            "languages HAS 'en' and languages HAS 'es'",
        ],
    )
    def test_any_expression_for_both_languages_solves_it(self, languages, expression):
        assert languages.attempt(self.line(expression)).solved
