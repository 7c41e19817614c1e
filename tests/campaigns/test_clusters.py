"""The same campaign wherever it is run, and a word in time where a cluster cannot be had."""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

from adn.base.errors import AdnError, Finding
from adn.session import clusters
from adn.session.spreading import Engine

SUITE = Path(__file__).parent / "tiny-suite.yml"

pytestmark = pytest.mark.slow  # only then are the packages of clusters there


def bench(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "adn", "bench", str(SUITE), "--out", str(out), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)


def test_loky_dask_and_ray_give_identical_tables(tmp_path: Path) -> None:
    tables = {}
    for name in ("loky", "dask", "ray"):
        done = bench(tmp_path / name, "--seeds", "1", "--jobs", "2", "--engine", name, "--json")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        tables[name] = json.dumps(json.loads(done.stdout)["tables"])
    assert tables["loky"] == tables["dask"] == tables["ray"]


@pytest.mark.parametrize("name", ["dask", "ray"])
def test_an_address_where_nothing_answers_is_told(name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    with (
        pytest.raises(AdnError, match=f"BEN022 no cluster answers at {address}: "),
        Engine(name, address=address).opened(),
    ):
        pass


def test_what_hangs_up_is_no_scheduler() -> None:
    """Something else may listen there, and a client of Dask would wait for it without end."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"

        def hang_up() -> None:
            other.accept()[0].close()

        Thread(target=hang_up, daemon=True).start()
        with (
            pytest.raises(AdnError, match=f"BEN022 no cluster answers at {address}: "),
            Engine("dask", address=address).opened(),
        ):
            pass


@pytest.mark.parametrize("address", ["somewhere", "tcp://host", "host:99999", "host:1 2"])
def test_what_is_no_address_is_told_with_the_right_form(address: str) -> None:
    with (
        pytest.raises(AdnError) as caught,
        Engine("dask", address=address).opened(),
    ):
        pass
    assert str(caught.value) == (
        f"BEN021 '{address}' is no address of a cluster; write tcp://HOST:8786\n1 error"
    )


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "find_spec", lambda _: None)
    with (
        pytest.raises(AdnError, match=r"BEN020 .* ray is not installed; pip install 'adn\[cluster"),
        Engine("ray").opened(),
    ):
        pass
    from adn.bench import packages

    monkeypatch.setattr(packages, "find_spec", lambda _: None)
    with pytest.raises(AdnError) as caught:
        packages.need("pyarrow", "duckdb")
    assert str(caught.value) == (
        "BEN020 pyarrow and duckdb are not installed; pip install 'adn[bench]'\n1 error"
    )
    assert importlib.util.find_spec("pyarrow")


@dataclass(frozen=True)
class Half:
    number: int

    def perform(self) -> float:
        if self.number == 13:
            raise AdnError(Finding("CLI004", "thirteen"))
        return self.number / 2


def test_a_stream_holds_few_tasks_and_hands_over_all() -> None:
    """Futures of any cluster: here done in the order in which they are waited for last."""
    under_way: list[int] = []
    most = 0

    def submit(number: int, task: Half) -> tuple[int, object]:
        nonlocal most
        under_way.append(number)
        most = max(most, len(under_way))
        return clusters.attempt(number, task)

    def first(waiting: list) -> list:
        return [waiting[-1]]

    def result(future: tuple[int, object]) -> tuple[int, object]:
        under_way.remove(future[0])
        return future

    tasks = [Half(number) for number in range(10)]
    done = dict(clusters._stream(tasks, 3, submit, first, result))
    assert done == {task: task.number / 2 for task in tasks}
    assert most == 3
    with pytest.raises(AdnError, match="thirteen"):
        list(clusters._stream([Half(13)], 3, submit, first, result))
