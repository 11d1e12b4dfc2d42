"""A working day on a local TaskRouter whose clock is moved: customers, staff, and what came of it.

    draw_customers  a day's customers from a seed: when each comes, for how long, how patient
    Scenario        which customers meet which staffing plan and which Workflow
    simulate        plays days side by side through the REST API
    ProgressBar     shows how far a run has come
    outcomes        what became of each customer, from TaskRouter's Events
    workload        how busy each Worker was, from Events and Statistics
    pictures        plots with their text alternatives

Everything speaks with TaskRouter through the `twilio` package. The clock is the local TaskRouter's
(`POST /emulator/clock`): real Twilio has none that can be moved.
"""

from helpers.simulation import pictures
from helpers.simulation.day import simulate
from helpers.simulation.demand import draw_customers
from helpers.simulation.measures import outcomes, workload
from helpers.simulation.plans import Scenario
from helpers.simulation.progress import ProgressBar

__all__ = [
    "ProgressBar",
    "Scenario",
    "draw_customers",
    "outcomes",
    "pictures",
    "simulate",
    "workload",
]
