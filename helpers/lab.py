"""Open JupyterLab on the learner's copy of the notebooks: ``taskrouter-notebooks [OPTION ...]``.

JupyterLab runs inside this process, so Ctrl-C and its exit status are JupyterLab's on every system.
``python -m helpers.lab`` is the same command.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from helpers.installation import working_copy
from helpers.installation.working_copy import CannotCopy, Copied, copy_notebooks

COMMAND = "taskrouter-notebooks"
FIRST_NOTEBOOK = "00-start-here.ipynb"


def parse(arguments: Sequence[str]) -> tuple[Path, bool, list[str]]:
    """Return the folder for the notebooks, whether to update them, and JupyterLab's options.

    The folder is by default `taskrouter-notebooks` in the current folder, or that folder itself.
    """
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        usage=f"{COMMAND} [--folder FOLDER] [--update] [OPTION ...]",
        description="Copy the notebooks into a folder, and open them in JupyterLab. A file that exists"
        " is never overwritten; a notebook that you delete is copied again.",
        epilog="Each other OPTION is JupyterLab's, such as --no-browser or --port 8899."
        " `jupyter lab --help` lists them.",
        allow_abbrev=False,
    )
    default = Path() if working_copy.is_working_copy(Path()) else Path(COMMAND)
    help_folder = f"where your notebooks are; by default {COMMAND} in the current folder"
    parser.add_argument("--folder", type=Path, default=default, help=help_folder)
    help_update = (
        "replace notebooks that you have not changed, and put new versions of others beside"
    )
    parser.add_argument("--update", action="store_true", help=f"{help_update} them")
    version = f"{COMMAND} {metadata.version(COMMAND)}"
    parser.add_argument("--version", action="version", version=version)
    ours, options = parser.parse_known_args(arguments)
    if options and not options[0].startswith("-"):
        parser.error(f"to open the notebooks in {options[0]}, write --folder {options[0]}")
    return ours.folder.expanduser(), ours.update, options


def sentences(folder: Path, copied: Copied) -> Iterator[str]:
    """Yield what the learner should know about the notebooks in `folder`."""
    yield f"Your notebooks are in {folder.resolve()}."
    if copied.replaced:
        yield f"Replaced by new versions: {', '.join(copied.replaced)}."
    if copied.beside:
        pairs = (f"{new} (beside {name})" for name, new in copied.beside.items())
        yield f"You changed these, so they stay; the new versions are in {', '.join(pairs)}."
    if copied.outdated:
        outdated = ", ".join(copied.outdated)
        yield f"There are new versions of {outdated}: `{COMMAND} --update` brings them."


def jupyterlab_arguments(folder: Path, options: Sequence[str] = ()) -> list[str]:
    """Return JupyterLab's arguments: the first notebook in `folder`, then the learner's `options`.

    JupyterLab refuses to run as root. In a container, root is often the only user, so root gets
    `--allow-root` for this server.
    """
    # Set as the default page, so that the printed address leads to the notebook too.
    start = [
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
    ]
    return [*start, *(["--allow-root"] if _is_root() else []), *options]


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Copy the notebooks, then run JupyterLab until it is stopped."""
    folder, update, options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        copied = copy_notebooks(folder, update=update)
    except CannotCopy as error:
        sys.exit(str(error))
    print(*sentences(folder, copied), sep="\n", flush=True)
    from jupyterlab.labapp import LabApp  # `--help` is faster without it

    LabApp.launch_instance(jupyterlab_arguments(folder, options))


if __name__ == "__main__":
    main()
