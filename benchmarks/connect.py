"""The time from `import helpers` to a Session: ``python benchmarks/connect.py [RUNS]``.

Each run is a new process that has already imported twilio, ipywidgets and pandas. Cold: no emulator
runs, and its folder is new. Warm: one runs. Prints seconds, and ratios to the imports.
"""

import os
import subprocess
import sys
import tempfile
from statistics import median

PROGRAM = """
from time import perf_counter
began = perf_counter()
import ipywidgets, pandas, twilio.rest
imported = perf_counter()
from helpers import connect
connect()
print(imported - began, perf_counter() - imported)
"""


def run(home: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"TASKROUTER_HOME": home},
        capture_output=True,
        text=True,
        check=True,
    )
    imports, connected = map(float, done.stdout.split())
    return imports, connected


def main(runs: int) -> None:
    imports, cold, warm = [], [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            try:
                for times in (cold, warm):
                    imported, connected = run(home)
                    imports.append(imported)
                    times.append(connected)
            finally:
                stop = [sys.executable, "-m", "local_taskrouter", "stop", "--home", home]
                subprocess.run(stop, check=False, capture_output=True)
    baseline = median(imports)
    print(f"{runs} runs, medians in seconds, Python {sys.version.split()[0]}")
    print(f"importing twilio, ipywidgets, pandas {baseline:.2f}")
    for name, times in (("cold", cold), ("warm", warm)):
        taken = median(times)
        print(f"{name}: import helpers, connect()     {taken:.2f}   ratio {taken / baseline:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
