"""Self-checks of the lessons' exercises: each says what is right and what is not yet.

    bob_has_lunch(lab)         01  Bob is Unavailable
    both_languages(lab)        01  a TaskQueue for those who speak English and Spanish
    urgent_task(lab)           02  a Task in English with the priority 5
    bob_learns_spanish(lab)    03  Bob is asked, and still speaks English
    alice_takes_two(lab)       04  Alice's capacity is 2, and she is asked about two Tasks
    bob_accepts(lab)           05  a Task in English is assigned to Bob
    away_not_gone(lab)         06  who does not answer becomes Unavailable
    hugo_helps(lab)            07  Hugo gets the Task that waits for him

Each looks at what is in TaskRouter, whoever did it and however, and returns a SelfCheck. Its
`require()` raises CheckFailed unless all is right; the lessons' solutions are held to it.
"""

from helpers.exercises.accept_the_reservation import bob_accepts
from helpers.exercises.alice_idle import bob_learns_spanish
from helpers.exercises.alice_offline import bob_has_lunch, both_languages
from helpers.exercises.create_a_task import urgent_task
from helpers.exercises.inspect_the_reservation import alice_takes_two
from helpers.exercises.self_check import Line, SelfCheck
from helpers.exercises.when_nobody_answers import away_not_gone
from helpers.exercises.why_was_it_not_routed import hugo_helps

__all__ = [
    "Line",
    "SelfCheck",
    "alice_takes_two",
    "away_not_gone",
    "bob_accepts",
    "bob_has_lunch",
    "bob_learns_spanish",
    "both_languages",
    "hugo_helps",
    "urgent_task",
]
