"""Where in a spec's text a value stands that has been read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import tomli

from weighbridge.audit.variants import Spot
from weighbridge.errors import Location
from weighbridge.formula.tokens import Token, tokens
from weighbridge.formula.tree import KEYWORDS
from weighbridge.spec.locate import Locator, Path


@dataclass(slots=True)
class Places:
    """The text of a spec that was read without a mistake, and what it says as plain TOML."""

    path: str
    text: str
    locator: Locator = field(init=False)
    values: Mapping[str, Any] = field(init=False)
    claims: Mapping[str, Path] = field(init=False)

    def __post_init__(self) -> None:
        self.locator = Locator(self.path, self.text)
        self.values = tomli.loads(self.text)
        claims = self.values.get("claim", [])
        self.claims = {claim["id"]: ("claim", index) for index, claim in enumerate(claims)}

    def of_key(self, entry: Path, key: str, *inner: str | int) -> Path:
        """Return the path of a key of a claim's entry: its own, or that of [defaults] where it has none."""
        own: Path = (*entry, key)
        path = own if self.get(own) is not None else ("defaults", key)
        return self.listed(path, *inner)

    def listed(self, path: Path, *inner: str | int) -> Path:
        """Return the path of an item; where the list was written as its one item, that of the item."""
        return path if inner and isinstance(self.get(path), str) else (*path, *inner)

    def get(self, path: Path) -> Any:
        """Return what TOML has at a path, None where there is nothing."""
        found: Any = self.values
        for part in path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def character(self, place: Location, index: int) -> str:
        """Return the character that stands so many behind a place; "" behind the end."""
        at = self.offset(place) + index
        return self.locator.text[at : at + 1]

    def offset(self, place: Location) -> int:
        """Return how many characters of the text stand before a place."""
        return self.locator.line_starts[place.line - 1] + place.column - 1

    def of_value(self, path: Path, index: int | None = None) -> Location:
        """Return where a value stands, or a character of it."""
        if self.get(path) is None:
            return self.locator.of(path)
        return self.locator.of_value(path) if index is None else self.locator.within(path, index)

    def of_spot(self, path: Path, spot: Spot) -> Location:
        """Return where a place in an expression stands."""
        text = self.get(path)
        if not isinstance(text, str):
            return self.of_value(path)
        found = tokens(text)
        places = [place for place in range(len(found) - 1) if is_leaf(found, place)]
        if spot.leaf >= len(places):
            return self.of_value(path)
        place = places[spot.leaf]
        if spot.token:
            place = next((before for before in range(place - 1, -1, -1) if found[before].text == spot.token), place)
        return self.locator.within(path, found[place].column)


def is_leaf(found: list[Token], place: int) -> bool:
    """Tell whether a token is a literal or a name, and no word of the language or function."""
    token = found[place]
    if token.kind == "name":
        return token.text not in KEYWORDS and found[place + 1].text != "("
    return token.kind == "number"
