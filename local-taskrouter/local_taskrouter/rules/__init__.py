"""What TaskRouter promises, as pure data and functions.

lifecycle   the statuses of Tasks and Reservations; times has their timeouts
expression  what is written in filters and target_workers, scope what it reads
workflow    a Workflow's configuration, walk how a Task goes through its steps
matching    which Worker may take which Task, and why not
"""
