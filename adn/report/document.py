"""What every page is: one file that asks for nothing, written whole or not at all."""

from __future__ import annotations

import os
from base64 import b64encode
from contextlib import suppress
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final

from adn.base.errors import Finding, Position, RunFolderError
from adn.report.svg import Markup, tag

DOCTYPE: Final = "<!DOCTYPE html>"


def document(title: str, body: Markup) -> str:
    """Return a page with the style sheet of all pages."""
    style = resources.files("adn.report").joinpath("style.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    return f"{DOCTYPE}\n{tag('html', head, body, lang='en')}\n"


def write_page(target: Path, page: str) -> Path:
    """Write a page over an earlier one, or where nothing is, and return where it is.

    Raises:
        RunFolderError: Something else than a page stands there (``RUN020``), or it cannot be
            written (``RUN021``); nothing half-written is left.
    """
    place = Position(str(target))
    aside = target.parent / f".{target.name}.{os.getpid()}.part"
    try:
        if target.is_dir() or (target.exists() and not _is_page(target)):
            message = "this is no page and will not be replaced; name another file"
            raise RunFolderError(Finding("RUN020", message, place))
        aside.write_text(page, encoding="utf-8", newline="\n")
        aside.replace(target)
    except OSError as error:
        message = f"the report cannot be written: {error.strerror or error}"
        raise RunFolderError(Finding("RUN021", message, place)) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return target


def _is_page(file: Path) -> bool:
    """Return whether a file is a page; anything else may be all that is left of a run."""
    with file.open("rb") as stream:
        return stream.read(len(DOCTYPE)) == DOCTYPE.encode()


def _policy(style: str) -> str:
    """Return a policy that allows this very style sheet, and nothing else at all."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
