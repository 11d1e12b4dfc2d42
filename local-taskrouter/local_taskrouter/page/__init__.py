"""The page at /emulator/ui: who may open it, what it reads, and its routes.

    sessions   one-time links, and the sessions that they open
    reading    a Workspace of this TaskRouter as a Snapshot, under one short lock
    exchanges  the latest callbacks for the page
    routes     the responses: the page, its files, its data

The page itself is in ui/, which notebooks use too.
"""
