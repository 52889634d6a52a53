"""Have sslyze scan the servers of all environments: in one process where their limits allow it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from scanner.model.observation import Reason
from scanner.tls.servers import TlsServer
from scanner.tls.sslyze_document import NoAnswer, SslyzeReport
from scanner.tls.sslyze_process import Job, Scanned, of_report, run_sslyze, seconds_for

_USUAL_CONNECTIONS: Final = 5  # at once to each server
_SLOW_CONNECTIONS: Final = 2  # at once to each server, with --slow_connection; sslyze knows no slower pace
_PROCESSES_AT_ONCE: Final = 4


async def scan_servers(jobs: Sequence[Job]) -> Mapping[TlsServer, Scanned]:
    """Scan everything, those with one client certificate after those with another: sslyze knows one a process."""
    scanned: dict[TlsServer, Scanned] = {}
    for client in dict.fromkeys(server.client for job in jobs for server in job.servers):
        alike = (replace(job, servers=tuple(s for s in job.servers if s.client == client)) for job in jobs)
        scanned |= await _scan(alike)
    return scanned


async def _scan(jobs: Iterable[Job]) -> Mapping[TlsServer, Scanned]:
    """Scan everything in one process; where that fails as a whole, in parts, so that one cannot hide the others.

    Apart go: servers of a host that allows too few connections for all of them at once (one after the other), and
    environments with less time than the whole takes. A host that allows fewer than two connections is not scanned.
    """
    pending = [job for job in jobs if job.servers]
    crowds = _crowds(pending)
    scanned: dict[TlsServer, Scanned] = {}
    alone, together = [], []
    for job in pending:
        most = job.context.target.limits.max_connections
        if most < _SLOW_CONNECTIONS:
            scanned |= dict.fromkeys(job.servers, _too_few(most))
        elif any(n > 1 and n * _SLOW_CONNECTIONS > most for n in _at(job, crowds)):
            alone.append(job)
        else:
            together.append(job)
    slow = any(_is_slow(job, crowds) for job in together)
    async with asyncio.TaskGroup() as group:
        parts = [group.create_task(_whole(part, slow=slow)) for part in _by_time(together, slow=slow)]
        parts.append(group.create_task(_each_alone(alone)))
    for part in parts:
        scanned |= part.result()
    return scanned


def _crowds(jobs: Sequence[Job]) -> Counter[str]:
    """How many servers of each host are to be scanned, those of two environments counted once."""
    return Counter(host for host, _, _ in {server.key for job in jobs for server in job.servers})


def _at(job: Job, crowds: Mapping[str, int]) -> Iterable[int]:
    return (crowds[server.spoken_name] for server in job.servers)


def _is_slow(job: Job, crowds: Mapping[str, int]) -> bool:
    return any(n * _USUAL_CONNECTIONS > job.context.target.limits.max_connections for n in _at(job, crowds))


def _too_few(most: int) -> Scanned:
    detail = f"sslyze opens {_SLOW_CONNECTIONS} connections at once at least; max_connections allows {most}"
    return Scanned(failure=NoAnswer(Reason.BUDGET_EXHAUSTED, detail))


def _by_time(jobs: Sequence[Job], *, slow: bool) -> Iterable[Sequence[Job]]:
    """All that have time for the whole, then each hasty one by itself."""
    needed = seconds_for(jobs, slow=slow)
    patient = [job for job in jobs if job.context.target.limits.max_seconds >= needed]
    if patient:
        yield patient
    yield from ([job] for job in jobs if job not in patient)


async def _whole(jobs: Sequence[Job], *, slow: bool) -> Mapping[TlsServer, Scanned]:
    whole = await run_sslyze(jobs, slow=slow)
    if isinstance(whole, SslyzeReport):
        return {server: of_report(job.context, whole, server) for job in jobs for server in job.servers}
    if sum(len(job.servers) for job in jobs) == 1:
        return {jobs[0].servers[0]: whole}
    if len(jobs) > 1 and _refused(whole):
        parts = [await _whole([job], slow=slow) for job in jobs]
        return {server: scanned for part in parts for server, scanned in part.items()}
    apart = await _each_alone(jobs)
    return {server: whole if _refused(scanned) else scanned for server, scanned in apart.items()}


def _refused(scanned: Scanned) -> bool:
    """True where the gate refused, not where sslyze failed."""
    return scanned.failure is not None and scanned.failure.reason is Reason.BUDGET_EXHAUSTED


async def _each_alone(jobs: Sequence[Job]) -> Mapping[TlsServer, Scanned]:
    """Hosts side by side, the servers of each host one after the other."""
    by_host: dict[str, list[Job]] = {}
    for job in jobs:
        for server in job.servers:
            by_host.setdefault(server.place.origin.host, []).append(replace(job, servers=(server,)))
    scanned: dict[TlsServer, Scanned] = {}
    places = asyncio.Semaphore(_PROCESSES_AT_ONCE)

    async def one_host(at_host: Sequence[Job]) -> None:
        async with places:
            for job in at_host:
                slow = job.context.target.limits.max_connections < _USUAL_CONNECTIONS
                (server,), result = job.servers, await run_sslyze([job], slow=slow)
                scanned[server] = result if isinstance(result, Scanned) else of_report(job.context, result, server)

    async with asyncio.TaskGroup() as group:
        for at_host in by_host.values():
            group.create_task(one_host(at_host))
    return scanned
