"""A working day on a local TaskRouter whose clock is moved: customers, staff and results.

    draw_customers  a day's customers from a seed: arrival, language, patience, handling time
    Scenario        a day's customers, a staffing plan and a Workflow
    simulate        plays Scenarios side by side through the REST API
    ProgressBar     shows the share of a run that is over
    outcomes        a row for each customer, from TaskRouter's Events
    workload        a row for each Worker, from Events and Statistics
    charts          line charts with text alternatives

All calls to TaskRouter go through the `twilio` package. The clock is the local TaskRouter's
(`POST /emulator/clock`): real Twilio's cannot be moved.
"""

from helpers.display.html import ProgressBar
from helpers.simulation import charts
from helpers.simulation.customers import draw_customers
from helpers.simulation.results import outcomes, workload
from helpers.simulation.scenario import Scenario
from helpers.simulation.workday import simulate

__all__ = [
    "ProgressBar",
    "Scenario",
    "charts",
    "draw_customers",
    "outcomes",
    "simulate",
    "workload",
]
