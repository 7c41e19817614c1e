"""Runs spread over processes: all are done, whatever happens to some."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from adn.base.errors import AdnError, Finding
from adn.session.spreading import spread


@dataclass(frozen=True)
class Square:
    number: int

    def perform(self) -> int:
        if self.number == 13:
            raise AdnError(Finding("CLI004", "thirteen"))
        if self.number == 99:
            os._exit(1)
        return self.number**2


def test_every_task_is_done_once_with_any_number_of_jobs() -> None:
    tasks = [Square(number) for number in range(5)]
    assert sorted(done for _, done in spread(tasks, 1)) == [0, 1, 4, 9, 16]
    assert {task.number: done for task, done in spread(tasks, 2)} == {n: n * n for n in range(5)}


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_a_task_is_the_error_of_all(jobs: int) -> None:
    with pytest.raises(AdnError, match="thirteen"):
        list(spread([Square(1), Square(13)], jobs))


def test_a_process_that_dies_is_told_and_not_waited_for() -> None:
    with pytest.raises(AdnError, match="RUN025 a process that ran part of this was ended"):
        list(spread([Square(99), Square(98)], 2))
