"""The process that an emulator belongs to: it ends when that one has, however it ended."""

import psutil


class Owner:
    """A process to watch. `process` None is nobody, who never ends."""

    def __init__(self, process: psutil.Process | None) -> None:
        self.process = process
        self._gone = False

    @classmethod
    def of_pid(cls, pid: int | None) -> "Owner":
        """The process with this number; it has ended when there is none."""
        owner = cls(None)
        try:
            owner.process = None if pid is None else psutil.Process(pid)
        except psutil.NoSuchProcess:
            owner._gone = True
        return owner

    def has_ended(self) -> bool:
        """Whether it is gone; another process that got its number later is not taken for it."""
        try:
            process = self.process
            return self._gone or (
                process is not None
                and (not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
            )
        except psutil.NoSuchProcess:
            return True
