"""The loop of a scan: libuv's where it is there, asyncio's own where it is not, and the same to whoever runs on it."""

import asyncio
import importlib.util
import os
import signal
import sys

import pytest

from scanner.gate.process import run_process
from scanner.model.effect import Effect
from scanner.model.intent import ProcessIntent
from scanner.run.event_loop import fastest_loop, run_to_end

HAS_UVLOOP = importlib.util.find_spec("uvloop") is not None


@pytest.fixture(
    params=[pytest.param("uvloop", marks=pytest.mark.skipif(not HAS_UVLOOP, reason="no uvloop")), "asyncio"]
)
def loop_module(request, monkeypatch):
    if request.param == "asyncio":
        monkeypatch.setitem(sys.modules, "uvloop", None)
    return request.param


async def _module() -> str:
    return type(asyncio.get_running_loop()).__module__.split(".")[0]


def test_it_is_uvloop_where_that_is_installed_and_asyncio_elsewhere(loop_module):
    assert run_to_end(_module()) == loop_module
    assert (fastest_loop() is None) is (loop_module == "asyncio")


def test_what_is_raised_comes_through_and_no_task_is_left(loop_module):
    left = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            left.append("cancelled")
            raise

    async def fails() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        raise LookupError(task.get_name())

    with pytest.raises(LookupError):
        run_to_end(fails())
    assert left == ["cancelled"]


@pytest.fixture
def interruptible():
    """Ctrl-C as Python has it: who is started as a shell's background job ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_that_nobody_took_over_ends_it(loop_module):
    async def interrupted() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    with pytest.raises(KeyboardInterrupt):
        run_to_end(interrupted())


def test_a_child_gives_its_output_and_its_code_and_is_killed_when_its_time_is_up(loop_module, tmp_path):
    def started(script: str, timeout_s: float) -> ProcessIntent:
        argv = ("/bin/sh", "-c", script)
        return ProcessIntent(
            effect=Effect.READ, environment="test", probe="p", purpose="a child", argv=argv, timeout_s=timeout_s
        )

    ended = run_to_end(run_process(started("cat; echo said; exit 7", 60), tmp_path))
    assert (ended.exit_code, ended.stdout, ended.timed_out) == (7, b"said\n", False)
    hung = run_to_end(run_process(started("sleep 600 & wait", 0.2), tmp_path))
    assert (hung.exit_code, hung.timed_out) == (None, True)
