"""Running a command as a process of its own: wall, user and system time, and the peak memory of its family.

Standard library only: the system remembers of a child the memory that its parent had when it started it, so the
parent stays small, and where it was not, the sampled peak counts.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

PROC = Path("/proc")
SAMPLE_SECONDS = 0.05
MIB = 1024 * 1024


@dataclass(frozen=True)
class Measurement:
    """What one run of a command cost.

    Attributes:
        wall: seconds from start to end.
        user: processor seconds in the command and its children.
        system: the same, in the kernel.
        peak_process: MiB of the largest process at its largest.
        peak_family: MiB of all processes together at their largest, sampled; None where /proc is missing.
        exit_code: how it ended.
        stdout: what it printed.
        stderr: its progress and messages.
    """

    wall: float
    user: float
    system: float
    peak_process: float
    peak_family: float | None
    exit_code: int
    stdout: str
    stderr: str = ""


@dataclass(frozen=True)
class Summary:
    """Several measurements of one command: medians of times, maxima of memory."""

    name: str
    repetitions: int
    wall: float
    wall_min: float
    wall_max: float
    user: float
    system: float
    peak_process: float
    peak_family: float | None

    def to_json(self) -> dict[str, object]:
        """Seconds and MiB, as `build/bench.json` holds them."""
        return asdict(self)


class CommandFailedError(Exception):
    """A measured command ended with another exit code than the one that was expected."""


def _children_of(pid: int) -> list[int]:
    """Children of all threads of a process, by /proc; what could be read of a process that is ending."""
    found: list[int] = []
    with contextlib.suppress(OSError):  # the process, or one of its threads, has ended meanwhile
        for task in (PROC / str(pid) / "task").glob("*/children"):
            found += [int(word) for word in task.read_text("ascii").split()]
    return found


def _resident(pid: int) -> int:
    """Resident bytes of a process; 0 when it is gone."""
    try:
        pages = int((PROC / str(pid) / "statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def family_resident(pid: int) -> list[int]:
    """Resident bytes of a process and of everything it started; shared pages count in each."""
    family, queue = [], [pid]
    while queue:
        member = queue.pop()
        family.append(member)
        queue += _children_of(member)
    return [_resident(member) for member in family]


@dataclass
class _Peak:
    """The largest process and the largest family seen so far, in bytes."""

    process: int = 0
    family: int = 0

    def watch(self, pid: int, over: threading.Event) -> None:
        while not over.wait(SAMPLE_SECONDS):
            resident = family_resident(pid)
            self.process = max(self.process, *resident)
            self.family = max(self.family, sum(resident))


def measure(
    command: Sequence[str], environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Measurement:
    """Run a command to its end and measure it.

    Args:
        command: the words of the command.
        environ: variables added to this process's own.
        cwd: folder it starts in.
    """
    messages = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed below
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - commands are this package's own
        list(command),
        stdout=subprocess.PIPE,
        stderr=messages,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        text=True,
    )
    over, peak = threading.Event(), _Peak()
    watcher = threading.Thread(target=peak.watch, args=(process.pid, over), daemon=True)
    if PROC.exists():
        watcher.start()
    with process.stdout or contextlib.nullcontext() as pipe:
        printed = pipe.read() if pipe else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    over.set()
    with messages:
        messages.seek(0)
        said = messages.read()
    return Measurement(
        wall=wall,
        user=usage.ru_utime,
        system=usage.ru_stime,
        peak_process=(peak.process if usage.ru_maxrss <= own and peak.process else usage.ru_maxrss * 1024)
        / MIB,
        peak_family=peak.family / MIB if PROC.exists() else None,
        exit_code=process.returncode,
        stdout=printed,
        stderr=said,
    )


def repeat(
    name: str,
    command: Sequence[str],
    times: int,
    *,
    environ: Callable[[int], Mapping[str, str]] | Mapping[str, str] | None = None,
) -> tuple[Summary, list[Measurement]]:
    """Run a command several times and sum the measurements up.

    Args:
        name: what the table calls it.
        command: the words of the command.
        times: how often.
        environ: variables added, or a function from the number of the repetition to them.

    Raises:
        CommandFailedError: it did not end with 0.
    """
    measured = []
    for number in range(times):
        variables = environ(number) if callable(environ) else environ
        one = measure(command, variables)
        if one.exit_code != 0:
            raise CommandFailedError(
                f"{' '.join(command)} ended with {one.exit_code}:\n{one.stdout}{one.stderr}"
            )
        measured.append(one)
    return summarise(name, measured), measured


def summarise(name: str, measured: Sequence[Measurement]) -> Summary:
    """Medians of the times, maxima of the memory."""
    walls = [one.wall for one in measured]
    families = [one.peak_family for one in measured if one.peak_family is not None]
    return Summary(
        name=name,
        repetitions=len(measured),
        wall=median(walls),
        wall_min=min(walls),
        wall_max=max(walls),
        user=median(one.user for one in measured),
        system=median(one.system for one in measured),
        peak_process=max(one.peak_process for one in measured),
        peak_family=max(families) if families else None,
    )
