"""The TaskRouter itself: records, and the rules that move them. No I/O, no clock, no HTTP.

A command is a function of an `Engine` whose `now` has been set (`commands` runs it). It changes
records through the `Store` and emits events and callbacks, which the service writes to disk and
delivers.

One file for each resource, with the names that api/ uses: workspaces, activities, task_channels,
task_queues, workflows, workers, tasks, reservations. How a Task moves: tasks (created, changed) ->
workflow_walk (into a TaskQueue) -> routing (which Worker) -> reserve -> instructions, reservations
(the answer) -> task_end.
"""
