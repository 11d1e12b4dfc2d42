"""The TaskRouter itself: records, and the rules that move them. No I/O, no clock, no HTTP.

A command is a function of an `Engine` whose `now` has been set; it changes records through the
`Store` and leaves events and callbacks behind for the edge to write down and deliver.
"""
