"""Named random streams from a one-way key tree.

A stream depends on its key and its name alone, never on the order in which streams are made or
drawn from, so adding a part of the network shifts no other part's draws, and the same seed gives
the same faults at every autonomy level (common random numbers). Key and name are hashed together,
never added: sums make two seeds share streams. Children's keys cannot be turned back into their
parent's: the closed loop gets a child and cannot redraw the fault schedule.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

import numpy as np


@dataclass(frozen=True, slots=True)
class Key:
    """A node of the key tree: 32 secret bytes."""

    secret: bytes

    @classmethod
    def root(cls, seed: int) -> Self:
        """Return the key of a run's seed."""
        return cls(blake2b(seed.to_bytes(16, "big", signed=True), digest_size=32).digest())

    def child(self, name: str) -> Key:
        """Return the one-way key of a part of the run."""
        return Key(blake2b(f"key/{name}".encode(), key=self.secret, digest_size=32).digest())

    def stream(self, name: str) -> np.random.Generator:
        """Return a fresh generator for the stream `name`; equal names give equal draws."""
        words = blake2b(f"stream/{name}".encode(), key=self.secret, digest_size=16).digest()
        counter_key = np.frombuffer(words, dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=counter_key))

    def word(self, name: str) -> int:
        """Return 64 bits for the counter-based noise `name`."""
        digest = blake2b(f"word/{name}".encode(), key=self.secret, digest_size=8).digest()
        return int.from_bytes(digest, "big")

    def __repr__(self) -> str:
        return "Key(…)"


def hash32(text: str) -> int:
    """Return 32 bits that depend on `text` alone; used to number series and flows by name."""
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big")
