"""`taskrouter-notebooks` copies the notebooks and starts JupyterLab."""

from pathlib import Path

import requests
from lab_process import running_lab

from helpers import lab


def test_command_started_in_another_folder_serves_the_notebooks(tmp_path: Path):
    folder = tmp_path / "learner"
    folder.mkdir()
    with running_lab(tmp_path, cwd=folder) as server:

        def get(path: str) -> requests.Response:
            authorization = {"Authorization": f"token {server['token']}"}
            return requests.get(server["url"] + path, headers=authorization, timeout=30)

        assert get(f"lab/tree/{lab.FIRST_NOTEBOOK}").status_code == 200
        assert get(f"api/contents/{lab.FIRST_NOTEBOOK}").json()["type"] == "notebook"
        assert (folder / lab.FIRST_NOTEBOOK).is_file()
