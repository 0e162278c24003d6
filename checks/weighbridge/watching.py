"""What a saved file changes: the specs that it belongs to are decided again, and of those only what asks anew."""

from __future__ import annotations

import datetime
import os
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from weighbridge.documents.coverage import DocumentCoverage, combined, coverage
from weighbridge.errors import SpecError, SpecErrors
from weighbridge.gate import stand
from weighbridge.judge import Options, ask_engines, decide, told
from weighbridge.project import Loaded, Reading, where
from weighbridge.report.covering import counts
from weighbridge.report.model import Report, Weighed
from weighbridge.results import result, tasks
from weighbridge.spec.question import Anywhere, AtPoint, OnGrid, Question
from weighbridge.spec.read import MAX_BYTES
from weighbridge.verdict import Refuted, Verdict
from weighbridge.version import __version__

#: Verdicts that are remembered; a spec has thousands at most, and an afternoon of editing must not fill the memory.
MAX_REMEMBERED = 50_000


@dataclass(slots=True)
class Reader(Reading):
    """Reads files and remembers which, those that are not there included."""

    asked_for: list[Path] = field(default_factory=list)

    def inside(self, path: Path) -> Path:
        """Return what a path leads to. Raises `Unreadable`."""
        self.asked_for.append(Path(os.path.normpath(path)))
        return Reading.inside(self, path)


class Part(Struct, frozen=True, kw_only=True):
    """A spec as it was read last: the files that it rests on, and what is wrong with it or what came of it.

    `explained` has refutations with what explains them, by what was asked.
    """

    files: frozenset[Path]
    texts: Mapping[str, str] = msgspec.field(default_factory=dict)
    loaded: Loaded | None = None
    errors: tuple[SpecError, ...] = ()
    weighed: tuple[Weighed, ...] = ()
    coverage: DocumentCoverage | None = None
    explained: Mapping[str, Verdict] = msgspec.field(default_factory=dict)


class Update(Struct, frozen=True, kw_only=True):
    """What a project is now: its report, or what is wrong with it; and how many results and questions were anew."""

    report: Report | None
    errors: tuple[SpecError, ...]
    results: int
    questions: int


@dataclass(slots=True, kw_only=True)
class Watched:
    """A project that is decided again whenever its files are saved. `today` (UTC) is what waivers expire by."""

    root: Path
    paths: tuple[Path, ...]
    options: Options
    today: datetime.date
    max_bytes: int = MAX_BYTES
    parts: dict[Path, Part] = field(default_factory=dict)
    verdicts: dict[Hashable, Verdict] = field(default_factory=dict)

    @property
    def files(self) -> frozenset[Path]:
        """The files that the project rests on, those that are missing included, by all of their names."""
        named = {file for part in self.parts.values() for file in part.files}
        return frozenset(named | {file.resolve() for file in named})

    @property
    def directories(self) -> frozenset[Path]:
        """The directories where a saved file may matter: those of such files, and those where specs stand."""
        below = {Path(folder) for path in self.paths for folder, _, _ in os.walk(path) if shown(Path(folder), path)}
        return frozenset(each for each in {*below, *(file.parent for file in self.files)} if each.is_dir())

    def concerns(self, path: Path) -> bool:
        """Tell whether the project rests on a file, or may do so from now on as a spec or a folder of specs."""
        new = any(path.is_relative_to(each) and shown(path, each) for each in self.paths)
        return path in self.files or (new and path.suffix in (".toml", ""))

    def update(self, saved: Collection[Path] | None = None) -> Update:
        """Read and decide again what rests on these files (None: everything), and return what the project is now."""
        reader = Reader(self.root, self.max_bytes)
        before, self.parts = self.parts, {}
        results = questions = 0
        for file in sorted({file for path in self.paths for file in reader.collect(path)}):
            part = before.get(file)
            if part is None or saved is None or touched(part, saved):
                part, new = self.weigh(file, part)
                results, questions = results + len(part.weighed), questions + new
            self.parts[file] = part
        parts = [part for file, part in self.parts.items() if not self.is_architecture(file, reader)]
        for part in parts:
            reader.texts.update(part.texts)
            reader.errors.errors.extend(part.errors)
        reader.refuse_twins([part.loaded for part in parts if part.loaded is not None])
        errors = SpecErrors(reader.errors.errors).errors
        report = Report(
            version=__version__,
            specs=(),
            results=tuple(each for part in parts for each in part.weighed),
            coverage=tuple(map(counts, combined(part.coverage for part in parts if part.coverage is not None))),
        )
        return Update(report=None if errors else report, errors=errors, results=results, questions=questions)

    def is_architecture(self, file: Path, reader: Reader) -> bool:
        """Tell whether a file that was found beside the specs is no spec, but what one of them builds on."""
        if file in self.paths or not reader.without_document(file):
            return False
        return any(file in part.files for other, part in self.parts.items() if other != file)

    def weigh(self, file: Path, before: Part | None) -> tuple[Part, int]:
        """Read a spec and its document and decide it; return that, and how many questions had to be decided."""
        reader = Reader(self.root, self.max_bytes)
        loaded = reader.load(file)
        part = Part(
            files=frozenset({file, *reader.asked_for}),
            texts=reader.texts,
            loaded=loaded,
            errors=tuple(reader.errors.errors),
        )
        if loaded is None or part.errors:
            return part, 0
        chosen = list(tasks(loaded.spec))
        asked = {id(each): each for task in chosen for each in (task.asked, task.correction) if each is not None}
        keys = {place: key(each.question) for place, each in asked.items()}
        if len(self.verdicts) + len(keys) > MAX_REMEMBERED:
            self.verdicts.clear()
        new = [each for place, each in asked.items() if keys[place] not in self.verdicts]
        findings = ask_engines(new, self.options)
        self.verdicts.update({keys[id(each)]: decide(each, findings) for each in new})
        decided = {place: self.verdicts[key] for place, key in keys.items()}
        # What explains a refutation may be anything in the spec; the document's words have no part in it. What is
        # waived is not shown, so not explained.
        same = before is not None and before.loaded is not None and before.loaded.spec == loaded.spec
        known = before.explained if before is not None and same else {}
        explained: dict[str, Verdict] = {}
        weighed = []
        for task in chosen:
            found = result(loaded.spec, task, decided, loaded.binding.anchors.get(task.source.id))
            if isinstance(found.verdict, Refuted) and task.excuse is None:
                verdict = known.get(task.id) or told(loaded.spec, task, found).verdict
                explained[task.id] = verdict
                found = replace(found, verdict=verdict)
            weighed.append(Weighed(found, *stand(found, today=self.today)))
        measured = None if loaded.source is None else coverage(loaded.source, loaded.spec, loaded.binding)
        return replace(part, weighed=tuple(weighed), coverage=measured, explained=explained), len(new)


def key(question: Question) -> Hashable:
    """Return what is the same for questions that ask the same."""
    match question.domain:
        case AtPoint(name, values):  # which may have more digits than Python writes
            return repr(replace(question, domain=AtPoint(name, {}))), tuple(values.items())
        case OnGrid() | Anywhere():
            return repr(question)


def watched(
    paths: tuple[str, ...], *, root: str | None, options: Options, today: datetime.date, max_bytes: int | None
) -> Watched:
    """Return what is to be watched: these paths, or spec/ here or at the root. Raises `UsageError`."""
    top, found = where(paths, root=root)
    found = tuple(Path(os.path.normpath(path)) for path in found)
    return Watched(root=top, paths=found, options=options, today=today, max_bytes=max_bytes or MAX_BYTES)


def touched(part: Part, saved: Collection[Path]) -> bool:
    """Tell whether a spec rests on one of these files."""
    return any(file in saved or file.resolve() in saved for file in part.files)


def shown(path: Path, top: Path) -> bool:
    """Tell whether no name on the way from a directory to what is below it is hidden."""
    return not any(name.startswith(".") for name in path.relative_to(top).parts)
