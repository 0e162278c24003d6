"""Which conventions a document counts under, by those that make most of its figures something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from weighbridge.draft.ground import Ground, Trial
from weighbridge.draft.printed import distinctive
from weighbridge.formula.figures import Figure


def changed(settings: Mapping[str, bool], usual: Mapping[str, bool]) -> dict[str, bool]:
    """Return the settings that are not the usual ones."""
    return {name: on for name, on in settings.items() if on != usual[name]}


def settings_that_fit(ground: Ground, trials: Sequence[Trial], figures: Iterable[Figure]) -> dict[str, bool]:
    """Return the conventions under which most of these figures are something, the architecture's own if any will do."""
    wanted = [figure for figure in figures if distinctive(figure)]
    tried = [each for each in ground.candidates if each.level <= 1 and each.text not in ground.space.symbols]

    def fit(settings: Mapping[str, bool]) -> float:
        levels: dict[Fraction, float] = {}
        for trial in trials:
            values = ground.values_at(trial, settings)
            for candidate in tried:
                if value := values.get(candidate.text):
                    levels[value] = min(levels.get(value, 1.0), candidate.level)
        score = 0.0
        for figure in wanted:
            if figure.exact:
                found = levels.get(figure.value)
            else:
                found = min((level for value, level in levels.items() if value in figure), default=None)
            if found is not None:
                score += (1.0 if figure.exact else 0.4) * (1.0 - 0.4 * found)
        return score

    ranked = [(fit(settings), -index, settings) for index, settings in enumerate(ground.settings())]
    return max(ranked, key=lambda each: each[:2])[2]
