"""What is done of a run of many areas: noted line by line beside its place, until it is whole.

The folder is hidden beside the result's place and named after it alone, so the next run of the same
finds it. Each line of `done.jsonl` is the result of an area whose own folder, if it has one, was in
place before; a line that was cut short by the end of a process is an area that is not done.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from adn.base.errors import Finding, Position, RunFolderError
from adn.session.folder import put_in_place, refuse_other

DONE: Final = "done.jsonl"


@dataclass(slots=True)
class Unfinished:
    """A run of many areas that is under way.

    Attributes:
        folder: Where the result will stand.
        place: Where it grows.
        done: Results of the areas that were finished before.
    """

    folder: Path
    place: Path
    done: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def opened(cls, folder: Path, identity: Mapping[str, Any], *, resume: bool) -> Self:
        """Return a run that begins, or that goes on where it was interrupted.

        Args:
            folder: Where the result will stand.
            identity: What it is a run of, in plain values.
            resume: Whether it goes on; if nothing was begun, it begins.

        Raises:
            RunFolderError: Something else stands in its place, it cannot be written, or what was
                begun is of another run.
        """
        held = cls(folder, folder.with_name(f".{folder.name}.areas"))
        with held._told():
            refuse_other(folder)
            if not resume:
                shutil.rmtree(held.place, ignore_errors=True)
            ledger = held.place / DONE
            if ledger.is_file():
                held._take_up(ledger, identity)
            else:
                held.place.mkdir(parents=True, exist_ok=True)
                ledger.write_text(_line(identity), encoding="utf-8")
        return held

    def note(self, area: str, result: Mapping[str, Any]) -> None:
        """Note that an area is done.

        Raises:
            RunFolderError: It cannot be written.
        """
        with self._told(), (self.place / DONE).open("a", encoding="utf-8") as ledger:
            ledger.write(_line({"area": area, "result": result}))

    def finish(self, files: Mapping[str, Any]) -> None:
        """Write the files of the whole, and put it in place.

        Args:
            files: What goes into which JSON file, by its name without the suffix.

        Raises:
            RunFolderError: It cannot be written; what is done is kept.
        """
        with self._told():
            (self.place / "areas").mkdir(exist_ok=True)
            for name, value in files.items():
                text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
                (self.place / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            ledger = (self.place / DONE).read_bytes()
            (self.place / DONE).unlink()
            try:
                put_in_place(self.place, self.folder)
            except OSError:
                (self.place / DONE).write_bytes(ledger)
                raise

    def _take_up(self, ledger: Path, identity: Mapping[str, Any]) -> None:
        """Read what is done; a torn last line is cut off."""
        lines = ledger.read_bytes().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        head, *rest = [json.loads(line) for line in whole] or [None]
        if head != json.loads(_line(identity)):
            message = (
                "what was interrupted here was another scenario, or another version of adn or of "
                "a package; run again without --resume"
            )
            raise RunFolderError(Finding("RUN027", message, Position(str(self.folder))))
        for row in rest:
            self.done[row["area"]] = row["result"]
        if len(whole) < len(lines):
            ledger.write_bytes(b"".join(whole))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the file system says into an error of the user's."""
        try:
            yield
        except OSError as error:
            message = f"the run cannot be written: {error.strerror or error}"
            raise RunFolderError(Finding("RUN021", message, Position(str(self.folder)))) from error


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"
