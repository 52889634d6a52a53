import os
import threading
from contextlib import suppress

import pytest

from scanner.config.secret_file import MAX_SECRET_BYTES, read_secret_file

CONTENT = b"what a program writes, by and by"


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_pipe_that_nobody_writes_into_is_not_waited_for_for_ever(pipe):
    with pytest.raises(TimeoutError, match="nobody writes into this pipe"):
        read_secret_file(pipe, patience_s=0.01)


def test_a_pipe_is_read_to_its_end(pipe):
    def write():
        with pipe.open("wb", buffering=0) as file:
            file.write(CONTENT[:5])
            file.write(CONTENT[5:])

    writer = threading.Thread(target=write)
    writer.start()
    assert read_secret_file(pipe) == CONTENT
    writer.join()


def test_a_pipe_without_an_end_is_cut(pipe):
    def write():
        with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as file:
            while True:
                file.write(b"a" * 4096)

    writer = threading.Thread(target=write)
    writer.start()
    assert len(read_secret_file(pipe)) == MAX_SECRET_BYTES + 1
    writer.join()
