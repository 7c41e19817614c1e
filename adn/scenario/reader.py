"""From a file to a scenario: text, values with places, models, second pass; all errors at once."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path as File
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from adn.base.errors import Finding, Position, ScenarioError
from adn.base.sampling import Timing
from adn.faults.kinds import FaultKind
from adn.scenario.faultspec import Target
from adn.scenario.marks import Path, Source, in_order
from adn.scenario.naturalspec import unfolded
from adn.scenario.profilefile import is_file
from adn.scenario.schema import Scenario
from adn.scenario.wording import findings_of, mended_tags
from adn.scenario.yaml_marks import Built, build
from adn.topology.recording import RecordingErrors
from adn.topology.specs import TopologySpec

Model = TypeVar("Model", bound=BaseModel)
LARGEST: Final = 1_000_000
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class LoadedFault:
    """One entry of `faults:` with everything looked up.

    Attributes:
        index: Which entry, from 0.
        kind: Its fault kind.
        at: When it strikes.
        target: What it strikes.
        params: A value for every parameter of the kind, in the kind's units.
        count: How often it strikes, each time at a time and on an object of its own.
        lasts: After how long it is over by itself; None if it is not.
    """

    index: int
    kind: FaultKind
    at: Timing
    target: Target
    params: Mapping[str, float]
    count: int = 1
    lasts: Timing | None = None


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario, and the file it came from.

    Attributes:
        scenario: The validated model.
        source: The file's name and text, and the place of everything in it.
        folder: Folder of the file, which relative names in it start from.
        kinds: Fault kinds, built in and the file's own, by name.
        faults: What goes wrong, looked up.
        digest: BLAKE2b of the content, 32 hexadecimal digits: equal for equal meaning, whatever
            the comments, the order of keys, the units, and the place of the file.
    """

    scenario: Scenario
    source: Source
    folder: File
    kinds: Mapping[str, FaultKind]
    faults: tuple[LoadedFault, ...]
    digest: str

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.source.text

    @property
    def file(self) -> str:
        """The name of the file as the user knows it."""
        return self.source.file

    @property
    def is_quiet(self) -> bool:
        """Whether nothing goes wrong in it."""
        return not self.faults and self.scenario.natural is None

    @property
    def recording_errors(self) -> RecordingErrors:
        """How wrong the inventory is, as the topology room records it."""
        recorded = self.scenario.topology.recorded
        return RecordingErrors(
            recorded.missing, recorded.extra, recorded.miswired, recorded.misnamed
        )

    @property
    def topology(self) -> TopologySpec:
        """The network and its services, as the topology room builds them."""
        from adn.scenario.topology import topology_spec

        return topology_spec(self)

    def finding(
        self,
        path: Path,
        code: str,
        message: str,
        *,
        hint: str = "",
        see: str = "",
        key: bool = False,
    ) -> Finding:
        """Return a finding about the value (or key) at `path`, such as ``("faults", 0, "at")``."""
        return self.source.finding(path, code, message, hint=hint, see=see, key=key)


def read_file(path: File, shown: str) -> LoadedScenario:
    """Return the scenario in a file.

    Args:
        path: The file.
        shown: Its name as the user knows it, for errors.

    Raises:
        ScenarioError: It cannot be used; everything that is wrong is listed.
    """
    return read_text(read_bytes(path, shown), shown, path.parent)


def read_bytes(path: File, shown: str) -> str:
    """Return the text of a file that may be anything.

    Raises:
        ScenarioError: It is no readable, regular, small file of UTF-8 text.
    """
    place = Position(shown)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "a directory" if stat.S_ISDIR(mode) else "no regular file"
            raise ScenarioError(Finding("SCN002", f"this is {what}; name a scenario file", place))
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise ScenarioError(
            Finding("SCN001", "no such file", place, see="adn list scenarios")
        ) from None
    except (OSError, ValueError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        finding = Finding("SCN001", f"cannot be read: {why.lower()}", place)
        raise ScenarioError(finding) from None
    if len(raw) > LARGEST:
        raise ScenarioError(
            Finding("SCN004", "larger than 1 MB; a scenario is some hundred lines", place)
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text (byte {error.start + 1}); save it as UTF-8"
        raise ScenarioError(Finding("SCN005", message, place)) from None
    if "\0" in text:
        raise ScenarioError(Finding("SCN005", "binary; a scenario is text", place))
    return text


def map_of(text: str, shown: str, what: str) -> tuple[Built, dict[str, Any]]:
    """Return what a text of YAML holds, which has to be a map; `what` is the kind of file it is.

    Raises:
        ScenarioError: It is empty, or no map; so is everything else that is wrong with it.
    """
    built = build(text, shown)
    data, findings = built.value, list(built.findings)
    if isinstance(data, dict):
        return built, data
    if data is not None:
        message = f"a {what} is a map of keys and values"
        findings.append(built.source.finding((), "SCN016", message))
    elif not findings:
        message = f"empty; a {what} begins with 'adn: 1'"
        findings.append(Finding("SCN003", message, Position(shown)))
    raise refused(findings)


def read_text(text: str, shown: str, folder: File) -> LoadedScenario:
    """Return the scenario that `text` holds.

    Raises:
        ScenarioError: Something in it is wrong; everything that is wrong is listed.
    """
    from adn.scenario.second_pass import look_up

    built, data = map_of(text, shown, "scenario")
    findings = list(built.findings)
    data, source = unfolded(data, built.source)
    scenario, slips = validate(Scenario, data, source)
    kinds, faults, more = look_up(data, source, scenario)
    findings += _besides(slips + more, built.refused, source)
    if findings or scenario is None:
        raise refused(findings)
    return LoadedScenario(scenario, source, folder, kinds, faults, digest_of(scenario, folder))


def refused(findings: list[Finding]) -> ScenarioError:
    """Return the error of a file, its findings in the order of lines, a hundred at most."""
    ordered = in_order(findings)
    if len(ordered) > MOST:
        rest = len(ordered) - MOST + 1
        last = ordered[MOST - 1].at
        place = Position(last.file) if last else None
        ordered = [*ordered[: MOST - 1], Finding("SCN099", f"and {rest} more", place)]
    return ScenarioError(ordered)


def validate(
    model: type[Model], data: Mapping[str, Any], source: Source
) -> tuple[Model | None, list[Finding]]:
    """Return the model of `data`, or None and what is wrong."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        slips = findings_of(error, model, data, source)
        # A wrong tag hides every other slip of its map, so the map is tried again with the tag
        # that was probably meant; what is wrong with the tag itself is kept from the first try.
        mended = mended_tags(error, data)
    try:
        model.model_validate(mended)
    except ValidationError as error:
        slips += findings_of(error, model, mended, source)
    return None, slips


def _besides(slips: list[Finding], refused_paths: set[Path], source: Source) -> list[Finding]:
    """Return the slips that do not lie where something was refused already."""
    spans = [source.span(path) for path in refused_paths]
    places = {(span.line, span.column) for span in spans if span}
    return [one for one in slips if not one.at or (one.at.line, one.at.column) not in places]


def digest_of(scenario: Scenario, folder: File) -> str:
    """Return the digest of what a scenario means, the files it names included."""
    content = scenario.model_dump(mode="json", by_alias=True)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    state = blake2b(text.encode(), digest_size=16)
    for name in (scenario.topology.file, scenario.operations.profile):
        if name is not None and (name == scenario.topology.file or is_file(name)):
            state.update(b"\0" + _held(folder / name))
    return state.hexdigest()


def _held(path: File) -> bytes:
    """Return the bytes of a file, or nothing where it cannot be read: building it will say so."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except (OSError, ValueError):
        return b""


__all__ = ["LoadedFault", "LoadedScenario", "read_file", "read_text"]
