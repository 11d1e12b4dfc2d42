"""A working day on a local TaskRouter whose clock is moved: customers, staff, and what came of it.

    draw_customers  a day's customers from a seed: when each comes, for how long, how patient
    Scenario        which customers meet which staffing plan and which Workflow
    simulate        plays days side by side through the REST API
    ProgressBar     shows how far a run has come
    outcomes        what became of each customer, from TaskRouter's Events
    workload        how busy each Worker was, from Events and Statistics
    charts          plots with their text alternatives

Everything speaks with TaskRouter through the `twilio` package. The clock is the local TaskRouter's
(`POST /emulator/clock`): real Twilio has none that can be moved.
"""

from helpers.simulation import charts
from helpers.simulation.customers import draw_customers
from helpers.simulation.day import simulate
from helpers.simulation.progress import ProgressBar
from helpers.simulation.results import outcomes, workload
from helpers.simulation.scenario import Scenario

__all__ = [
    "ProgressBar",
    "Scenario",
    "charts",
    "draw_customers",
    "outcomes",
    "simulate",
    "workload",
]
