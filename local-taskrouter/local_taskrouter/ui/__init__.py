"""The front end: what shows a Workspace, on the page at /emulator/ui and in notebooks.

    snapshot   the Workspace at one moment, as the SDK's instances
    names      the names of Tasks: "Spanish #1"
    shown      the same moment as JSON: the one shape that the modules below draw
    text       the same in words
    files      the modules and the style sheet, for a server and for a widget

    dom.js     builds and updates elements; values become text, never HTML
    words.js   states, durations, names
    floor.js   the floor as a picture
    cards.js   Tasks and Workers
    desk.js    a Worker's desk
    clock.js   TaskRouter's time
    exchanges.js requests and answers: a list, and the open one
    traffic.js deliveries and requests of the page
    forms.js   fields that a user fills in
    task_form.js, playground.js, requests.js  the notebook's panels with fields
    question.js a question of a lesson
    self_check.js an exercise's self-check
    keys.js    arrow keys within a list
    presses.js clicks and changed fields, each once
    calls.js   the call that a press sent, in Python or as curl
    page.js    the page of the local TaskRouter
    widget.js  a panel of a notebook
    look.css   colors, sizes and all pieces, for both themes

Plain ES modules without a build step. They send no request; only page.js does.
"""
