"""Questions before a surprise, and self-checks: each reports what is right and what is not yet.

    ask(name)                      the question `name` of questions.toml

    carlas_first_day(lab)      00  Carla gets Tasks in Spanish, and none in English
    bob_is_at_lunch(lab)       01  Bob is in the Activity Lunch, and gets no Tasks
    both_languages(lab)        01  a TaskQueue for Workers who speak English and Spanish
    first_in_line(lab)         02  a third Task in English is first in line, and Bob is asked about it
    bob_learns_spanish(lab)    03  Bob speaks Spanish too, and loses no other attribute
    open_mail(lab), the_mail(lab)
                           04  five requests, and which of them to trust
    room_for_two(lab)          04  Alice has a capacity of 2, and is asked about two Tasks
    customers_for_bob(lab), the_password(lab)
                           05  one Task of three is accepted, found by its topic
    three_customers(lab, url), your_server_decides(lab)
                           05  a server accepts what is in Spanish, and leaves the rest open
    has_activities(lab), has_workers(lab), has_task_queues(lab), has_workflow(lab), doors_are_open(lab)
                           06  City Bikes, built step by step
    repair_escalates(lab)      06  a repair that waits for a minute goes on to another TaskQueue
    closing_time(lab)          07  Alice and Bob go home, and no Task is lost
    away_not_gone(lab)         07  a Worker who does not answer becomes Unavailable
    repaired(case)             08  the case's customer is helped, and so is the next one
    complaints(lab)            08  which of the ten cases are solved
    cheapest_hour(day)         09  one more Worker for one hour, at the lowest cost
    thirty_seconds(lab)        10  a test fails unless Workers have 30 seconds
    close_a_ticket(lab)        10  an app cancels or completes a Task, as its status allows
    green_break(lab)           10  a test fails when the app answers a callback with status 500
    desk_page(), listen(session, token), token_for_bob(lab)
                           11  a token opens Bob's channel, as a worker, for ten minutes at most
    mine_is_gone(lab)          12  of Workspaces of one name in an account, the learner's is deleted

Each reads TaskRouter's resources, so it passes however the learner changed them, and returns a
SelfCheck. That of lesson 09 reads a day that is over. Those of lesson 10 run pytest on the learner's AppFolder instead, as `run_pytest` and
`break_app` do.
"""

from helpers.exercises.acceptance import (
    customers_for_bob,
    the_password,
    three_customers,
    your_server_decides,
)
from helpers.exercises.agents_desk import desk_page, token_for_bob
from helpers.exercises.app_tests import close_a_ticket, green_break, thirty_seconds
from helpers.exercises.availability import bob_is_at_lunch, both_languages
from helpers.exercises.cheapest_hour import cheapest_hour
from helpers.exercises.city_bikes import (
    doors_are_open,
    has_activities,
    has_task_queues,
    has_workers,
)
from helpers.exercises.city_bikes_routing import has_workflow, repair_escalates
from helpers.exercises.complaints import complaints, repaired
from helpers.exercises.first_day import carlas_first_day
from helpers.exercises.inspection import open_mail, room_for_two, the_mail
from helpers.exercises.priority import first_in_line
from helpers.exercises.pytest_run import AppFolder, break_app, run_pytest
from helpers.exercises.question import Question, ask
from helpers.exercises.self_check import Line, SelfCheck
from helpers.exercises.shared_account import mine_is_gone
from helpers.exercises.unanswered import away_not_gone, closing_time
from helpers.exercises.worker_attributes import bob_learns_spanish
from helpers.lessons.shared_account import share_account
from helpers.session.channel import listen

__all__ = [
    "AppFolder",
    "Line",
    "Question",
    "SelfCheck",
    "ask",
    "away_not_gone",
    "bob_is_at_lunch",
    "bob_learns_spanish",
    "both_languages",
    "break_app",
    "carlas_first_day",
    "cheapest_hour",
    "close_a_ticket",
    "closing_time",
    "complaints",
    "customers_for_bob",
    "desk_page",
    "doors_are_open",
    "first_in_line",
    "green_break",
    "has_activities",
    "has_task_queues",
    "has_workers",
    "has_workflow",
    "listen",
    "mine_is_gone",
    "open_mail",
    "repair_escalates",
    "repaired",
    "room_for_two",
    "run_pytest",
    "share_account",
    "the_mail",
    "the_password",
    "thirty_seconds",
    "three_customers",
    "token_for_bob",
    "your_server_decides",
]
