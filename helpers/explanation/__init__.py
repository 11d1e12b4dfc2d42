"""Why a Task is where it is, found out from what the REST API shows.

    answer       `explain` itself: which Task is meant, in which Workspace
    gathering    reads the evidence through the `twilio` client, each thing once
    evidence     what was read, and where the Task stands; from here on everything is pure
    reasoning    from the evidence to the explanation
    standing     at which step of its Workflow the Task stands
    trial        where a Task that does not exist yet would come to stand
    filters      the Workflow's filters, place the target and its time, staff each Worker
    verdicts     an expression clause by clause, traps the usual mistakes in it
    notes        what to look at and the way out, sentences the one that sums it up
    waiting      the same reason in few words, for tables and panels
    explanation  the result; page shows it as HTML, plain as text

The rules themselves are those of local_taskrouter/rules, by which the local TaskRouter routes.
"""
