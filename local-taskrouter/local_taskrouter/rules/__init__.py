"""TaskRouter's documented rules, as data and pure functions.

lifecycle   the statuses of Tasks and Reservations and their transitions; timeouts: their defaults
expression  the language of filters and target_workers; clauses: its parts; scope: what it reads
workflow    a Workflow's configuration; workflow_steps: how a Task moves through its steps
matching    which Worker can take which Task, and why not
"""
