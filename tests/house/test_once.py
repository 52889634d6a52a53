"""What is made once in a test run is shared by its workers, is one thing for each call, and is no secret failure."""

import pytest

from tests.targets.once import FOLDER, once_a_run


def counting(made: list[int]):
    """The same function as another worker has it: nothing is kept in the process."""

    def make(number: int) -> list[int]:
        made.append(number)
        if number < 0:
            raise ValueError("cannot be made")
        return [number]

    return once_a_run(make)


def test_a_second_worker_takes_what_the_first_made(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    made: list[int] = []
    assert [counting(made)(1), counting(made)(1), counting(made)(2)] == [[1], [1], [2]]
    assert made == [1, 2]


def test_a_failure_is_raised_and_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    made: list[int] = []
    for _ in range(2):
        with pytest.raises(ValueError, match="cannot be made"):
            counting(made)(-1)
    assert made == [-1, -1]


def test_without_a_shared_folder_every_process_makes_its_own(monkeypatch):
    monkeypatch.delenv(FOLDER, raising=False)
    made: list[int] = []
    assert counting(made)(1) == counting(made)(1) == [1]
    assert made == [1, 1]
