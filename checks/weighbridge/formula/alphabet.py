"""Which name of a spec a symbol stands for that a document prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

#: What of a symbol's spelling says nothing: fonts, braces, spaces, and the backslash of a letter's name.
SILENT = re.compile(
    r"\\(?:text|math)(?:rm|bf|it|sf|tt|normal)?(?![A-Za-z])|\\(?:operatorname|mbox|boldsymbol)(?![A-Za-z])\*?"
    r"|[{}\s~]|\\[,;:! ]|\\(?=[_A-Za-z])"
)
LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩℓ"
NAMES = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell
"""
SPELLED_OUT: Mapping[str, str] = dict(zip(LETTERS, NAMES.split(), strict=True))


def key(spelling: str) -> str:
    r"""Return what tells a symbol from others, whatever its typography.

    >>> key(r"d_{\text{embed}}"), key("d_{{embed}}"), key(r"\mathbf{d}_{embed}"), key(r"\ell"), key("ℓ")
    ('d_embed', 'd_embed', 'd_embed', 'ell', 'ell')
    """
    return "".join(SPELLED_OUT.get(character, character) for character in SILENT.sub("", spelling))


class Alphabet(Struct, frozen=True):
    """The names that a document's symbols stand for, by the symbols' keys."""

    names: Mapping[str, str]

    @classmethod
    def of(cls, symbols: Mapping[str, str], others: Iterable[str] = ()) -> Alphabet:
        """Return the alphabet of symbols with their LaTeX ("" for those that are printed by their names).

        Symbols with LaTeX, and `others`, go by their own names as well, where nothing else is printed so.
        """
        printed = {key(latex or name): name for name, latex in symbols.items()}
        return cls({key(name): name for name in (*others, *symbols)} | printed)

    def spell(self, letters: str, subscript: str = "") -> list[str]:
        """Return the names that a run of letters is made of, the last of which has the subscript.

        "Ld" is L times d where both are symbols and "Ld" is none. Empty where that can not be, or in several ways.
        """
        whole = letters + subscript
        if whole in self.names:
            return [self.names[whole]]
        # ways[end]: how often, and by which last piece, the letters up to `end` can be cut into symbols.
        ways: list[tuple[int, int]] = [(1, 0)] + [(0, 0)] * len(letters)
        longest = max(map(len, self.names), default=0)
        for end in range(1, len(letters) + 1):
            tail = subscript if end == len(letters) else ""
            for start in range(max(0, end - longest), end):
                if ways[start][0] and letters[start:end] + tail in self.names:
                    ways[end] = (ways[end][0] + ways[start][0], start)
        if ways[-1][0] != 1:
            return []
        pieces: list[str] = []
        end = len(letters)
        while end:
            start = ways[end][1]
            pieces.append(self.names[letters[start:end] + (subscript if end == len(letters) else "")])
            end = start
        return pieces[::-1]
