"""Which files a run reads, and what comes of weighing them."""

from __future__ import annotations

import datetime
import fnmatch
import os
import posixpath
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.architectures import shipped, source_of
from weighbridge.configuration import MARKERS, find_root
from weighbridge.documents.bind import Binding, bind
from weighbridge.documents.coverage import DocumentCoverage, combined, coverage
from weighbridge.documents.expand import expand_tables
from weighbridge.documents.read import MAX_BYTES as MAX_DOCUMENT
from weighbridge.documents.read import read_document
from weighbridge.documents.source import Source
from weighbridge.entries import spec_entry
from weighbridge.errors import Collector, Location, SpecErrors, Unreadable, UsageError, did_you_mean
from weighbridge.gate import stand
from weighbridge.judge import Options, begin, result_ids
from weighbridge.oracles import with_counts
from weighbridge.report.covering import counts
from weighbridge.report.model import Report, Weighed
from weighbridge.spec.architectures import Library, Unavailable
from weighbridge.spec.locate import Locator
from weighbridge.spec.model import Spec
from weighbridge.spec.read import MAX_BYTES, read_spec
from weighbridge.version import __version__
from weighbridge.visiting import Visitor

#: Where specs stand unless the command line says otherwise.
DEFAULT = "spec"
#: How to begin where there is nothing yet.
INIT = "weighbridge init writes a first one"
#: What every spec has somewhere, as a table or a key.
DOCUMENT = b"document"

Progress = Callable[[str, int, int], None]


class Loaded(Struct, frozen=True):
    """A spec, with its document located in it; `source` is that document, None for a citation."""

    spec: Spec
    binding: Binding
    source: Source | None = None


class Project(Struct, frozen=True):
    """The specs of a run, in the order of their paths, which are relative to `root`."""

    root: Path
    loaded: tuple[Loaded, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all results that can be asked for."""
        return tuple(name for each in self.loaded for name in result_ids(each.spec))

    @property
    def files(self) -> tuple[Path, ...]:
        """The specs, and the documents and artifacts that are here."""
        paths = [path for each in self.loaded for path in (each.spec.path, each.spec.document.path) if path]
        oracles = [claim.oracle.path for each in self.loaded for claim in each.spec.claims if claim.oracle]
        return tuple(self.root / path for path in dict.fromkeys((*paths, *oracles)))


def open_project(
    paths: Sequence[str] = (), *, root: str | None = None, cwd: Path | None = None, max_bytes: int | None = None
) -> Project:
    """Read the specs at these paths (files, or directories with all that is below them) and their documents.

    Paths are relative to `cwd`; without any, the specs are in spec/ here or at the root. Raises `SpecErrors` with
    every mistake of every file, `UsageError` where there is nothing to read.
    """
    top, places = where(paths, root=root, cwd=cwd)
    reading = Reading(top, max_bytes or MAX_BYTES)
    files = sorted({file for path in places for file in reading.collect(path)})
    named = {Path(os.path.normpath(path)) for path in places}
    loaded = reading.load_all(files, named=named)
    reading.refuse_twins(loaded)
    reading.errors.raise_if_any()
    return Project(top, tuple(loaded))


def where(paths: Sequence[str], *, root: str | None = None, cwd: Path | None = None) -> tuple[Path, tuple[Path, ...]]:
    """Return the project's root, and these paths as absolute ones; spec/ without any. Raises `UsageError`."""
    here = (cwd or Path.cwd()).resolve()
    top = Path(root).resolve() if root else find_root(here / (paths[0] if paths else DEFAULT), here)
    if not top.is_dir():
        raise UsageError(f"--root: there is no directory '{root}'")
    if not paths:
        paths = tuple(str(each) for each in (here / DEFAULT, top / DEFAULT) if each.is_dir())[:1]
    if not paths:
        told = "say where the specs are: weighbridge check PATH"
        raise UsageError(f"there is no directory '{DEFAULT}' here; {told}; {INIT}")
    return top, tuple(here / path for path in paths)


def reader(project: Project, loaded: Loaded) -> Callable[[str], Spec]:
    """Return what makes a spec of another text in place of one that was loaded; it raises `SpecErrors`.

    The text must name the same document and artifacts: neither is read again.
    """
    library = Reading(project.root, MAX_BYTES).library
    oracles = {claim.id: claim.oracle for claim in loaded.spec.claims}

    def read(text: str) -> Spec:
        data = text.encode()
        spec = read_spec(loaded.spec.path, data, max_bytes=len(data), library=library)
        expanded = expand_tables(spec, loaded.source)
        if expanded.errors:
            raise SpecErrors(expanded.errors)
        claims = tuple(replace(claim, oracle=oracles[claim.id]) for claim in expanded.spec.claims)
        return replace(expanded.spec, claims=claims)

    return read


@dataclass(slots=True)
class Reading:
    """Reads the files of a project and gathers what is wrong with them."""

    root: Path
    max_bytes: int
    errors: Collector = field(default_factory=Collector)
    texts: dict[str, str] = field(default_factory=dict)
    architectures: set[str] = field(default_factory=set)
    library: Library = field(init=False)

    def __post_init__(self) -> None:
        self.library = Library(shipped(), self.architecture)

    def name(self, path: Path) -> str:
        """Return a path as messages and reports show it: relative to the root where it is below it."""
        plain = Path(os.path.normpath(path))
        return (plain.relative_to(self.root) if plain.is_relative_to(self.root) else plain).as_posix()

    def collect(self, path: Path) -> Iterator[Path]:
        """Yield a file, or the TOML files below a directory but for hidden ones and pyproject.toml."""
        path = Path(os.path.normpath(path))
        try:
            directory = self.inside(path).is_dir()
        except Unreadable as why:
            self.errors.add(Location(self.name(path)), str(why))
            return
        if not directory:
            yield path
            return
        found = False
        for folder, folders, names in os.walk(path, onerror=self.note):
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            for each in sorted(names):
                if each.endswith(".toml") and not each.startswith(".") and each not in MARKERS:
                    found = True
                    yield Path(folder, each)
        if not found and not self.errors.errors:
            self.errors.add(Location(self.name(path)), "no specs (*.toml) in this directory", INIT)

    def note(self, error: OSError) -> None:
        """Note a directory that can not be listed."""
        self.errors.add(Location(self.name(Path(str(error.filename)))), f"can not be read: {reason(error)}")

    def inside(self, path: Path) -> Path:
        """Return what a path leads to, links followed. Raises `Unreadable` where that is nothing in the project."""
        if any("\ud800" <= char <= "\udfff" for char in self.name(path)):
            raise Unreadable("has a name that is not UTF-8, which no report can show; rename it")
        try:
            target = path.resolve(strict=True)
        except (FileNotFoundError, NotADirectoryError):
            near = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
            hint = did_you_mean(path.name, near)
            raise Unreadable("there is no such file" + (f"; {hint}" if hint.startswith("did") else "")) from None
        except (OSError, RuntimeError, ValueError) as error:
            raise Unreadable(f"can not be read: {reason(error)}") from None
        if not target.is_relative_to(self.root):
            raise Unreadable("leads out of the project's root; --root DIR sets another")
        return target

    def regular(self, path: Path) -> Path:
        """Return the file that a path leads to. Raises `Unreadable`."""
        target = self.inside(path)
        if target.is_dir():
            raise Unreadable("is a directory; expected a file")
        if not target.is_file():
            raise Unreadable("is no regular file")
        return target

    def read(self, path: Path, at_most: int, *, advice: str = "") -> bytes:
        """Return a file's bytes. Raises `Unreadable`, with this advice where there are too many."""
        target = self.regular(path)
        try:
            with target.open("rb") as file:
                data = file.read(at_most + 1)
        except OSError as error:
            raise Unreadable(f"can not be read: {reason(error)}") from None
        if len(data) > at_most:
            raise Unreadable(f"has {target.stat().st_size:,} bytes, expected at most {at_most:,}{advice}")
        return data

    def load_all(self, files: Sequence[Path], *, named: Container[Path] = ()) -> list[Loaded]:
        """Read specs in the order of their paths.

        What has no document and is not `named` may be an architecture: it is passed over where another spec builds on
        it, which is known when all others are read.
        """
        aside = [file for file in files if file not in named and self.without_document(file)]
        loaded = {file: self.load(file) for file in files if file not in aside}
        for file in aside:
            if self.name(file) not in self.architectures:
                loaded[file] = self.load(file)
        return [each for file in files if (each := loaded.get(file)) is not None]

    def without_document(self, path: Path) -> bool:
        """Tell whether a file can be read and says nowhere what its document is, as a spec must."""
        try:
            return DOCUMENT not in self.read(path, self.max_bytes)
        except Unreadable:
            return False

    def load(self, path: Path) -> Loaded | None:
        """Read a spec and its document, noting all mistakes of both; None where the spec can not be used."""
        name = self.name(path)
        try:
            data = self.read(path, self.max_bytes, advice="; split the spec, or raise the limit with --max-bytes")
        except Unreadable as why:
            self.errors.add(Location(name), str(why))
            return None
        try:
            spec = read_spec(name, data, max_bytes=self.max_bytes, library=self.library)
        except SpecErrors as error:
            self.errors.errors.extend(error.errors)
            return None
        self.texts[name] = data.decode()
        source = None
        if spec.document.path:
            try:
                content = self.read(self.root / spec.document.path, MAX_DOCUMENT)
                source = read_document(spec.document.path, content)
            except Unreadable as why:
                hint = self.elsewhere(spec)
                told = "there is no such file" if hint else str(why)
                self.errors.add(self.place(spec, "path"), f"document '{spec.document.path}': {told}", hint)
                return None
            except SpecErrors as error:
                self.errors.errors.extend(error.errors)
                return None
        try:
            expanded = expand_tables(spec, source)
        except SpecErrors as error:
            self.errors.errors.extend(error.errors)
            return None
        spec = with_counts(expanded.spec, self, self.errors)
        binding = expanded.onto(bind(source, spec))
        self.errors.errors.extend(binding.errors)
        return Loaded(spec, binding, source)

    def architecture(self, source: str) -> bytes:
        """Return the file of a shipped architecture, or of one in the project. Raises `Unavailable`."""
        if source in shipped():
            return source_of(source)
        self.architectures.add(source)
        try:
            return self.read(self.root / source, self.max_bytes)
        except Unreadable as why:
            raise Unavailable(f"'{source}': {why}") from None

    def elsewhere(self, spec: Spec) -> str:
        """Return the hint where a document that is not there stands instead, "" for nowhere near.

        Its path may have been meant from the root, or its name as that of a file of the root, of the spec or of docs/.
        """
        path, folder = spec.document.path, posixpath.dirname(spec.path)
        if os.path.lexists(self.root / path):
            return ""
        name = posixpath.basename(path)
        meant = (posixpath.relpath(path, folder or "."), name, posixpath.join(folder, name), f"docs/{name}")
        for each in meant:
            if not each.startswith("..") and (self.root / each).is_file():
                return f"did you mean '{posixpath.relpath(each, folder or '.')}'? a path is relative to the spec"
        return ""

    def place(self, spec: Spec, key: str) -> Location:
        """Return where a key of [document] stands."""
        return Locator(spec.path, self.texts[spec.path]).of(("document", key))

    def refuse_twins(self, loaded: Sequence[Loaded]) -> None:
        """Note specs that give their documents one id: their results could not be told apart."""
        first: dict[str, Spec] = {}
        for each in loaded:
            twin = first.setdefault(each.spec.id, each.spec)
            if twin is not each.spec:
                message = f"the document id '{each.spec.id}' is that of {twin.path} too"
                self.errors.add(self.place(each.spec, "id"), message, "give one of them another [document] id")


def reason(error: Exception) -> str:
    """Return what the system says, without paths."""
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)


def select(project: Project, patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return whether a result is asked for by these globs over ids, with or without the document's; none means all.

    Raises `UsageError` for a glob that matches nothing.
    """
    if not patterns:
        return lambda _: True
    ids = project.ids
    for pattern in patterns:
        if not any(matches(name, pattern) for name in ids):
            short = [name.partition("/")[2] for name in ids]
            raise UsageError(f"nothing is called '{pattern}'; {did_you_mean(pattern, [*ids, *short])}")
    return lambda name: any(matches(name, pattern) for pattern in patterns)


def matches(name: str, pattern: str) -> bool:
    """Tell whether a result's id, or that within its document, matches a glob; a claim stands for all its models."""
    short = name.partition("/")[2]
    spellings = (name, short, name.partition("@")[0], short.partition("@")[0])
    return any(fnmatch.fnmatchcase(each, pattern) for each in spellings)


def listed(project: Project, patterns: Sequence[str]) -> list[tuple[str, Location]]:
    """Return the ids of the results that are asked for, and where each is declared."""
    wanted = select(project, patterns)
    rows: list[tuple[str, Location]] = []
    for each in project.loaded:
        claims = {claim.id: claim.location for claim in each.spec.claims}
        places = claims | {invariant.id: invariant.location for invariant in each.spec.invariants}
        rows.extend(
            (name, place_of(name.removeprefix(f"{each.spec.id}/"), places))
            for name in result_ids(each.spec)
            if wanted(name)
        )
    return rows


def place_of(name: str, places: Mapping[str, Location]) -> Location:
    """Return where a result's claim or invariant is declared; a table's claims have their rows in their ids."""
    return places[name] if name in places else places[name.partition("@")[0]]


def weigh(  # noqa: PLR0913 - what a run consists of
    project: Project,
    options: Options,
    *,
    today: datetime.date,
    patterns: Sequence[str] = (),
    visitor: Visitor | None = None,
    progress: Progress | None = None,
    whole: bool = True,
) -> Report:
    """Decide what a project's specs claim, and gate it. `today` (UTC) is what waivers expire by.

    `visitor` visits the grids (None: this process does); `progress` is told which, and how many points are done of all.
    Without `whole` the report has what a table of results needs: no document to render and no breakdown of models, and
    of many specs, no explanation of what is waived.
    """
    wanted = select(project, patterns)
    if not whole and len(project.loaded) > 1:
        options = replace(options, explain_excused=False)
    begun = [
        begin(each.spec, each.binding.anchors, options, wanted=wanted, visitor=visitor, progress=progress)
        for each in project.loaded
    ]
    specs = [
        spec_entry(each.spec, each.binding, each.source, whole=whole)
        for each, judging in zip(project.loaded, begun, strict=True)
        if judging.chosen or not patterns
    ]
    results = [Weighed(result, *stand(result, today=today)) for judging in begun for result in judging.results()]
    shown = {each.path for each in specs}
    return Report(
        version=__version__,
        specs=tuple(specs),
        results=tuple(results),
        coverage=tuple(map(counts, covered(each for each in project.loaded if each.spec.path in shown))),
        left_out=len(project.ids) - len(results) if patterns else 0,
    )


def covered(loaded: Iterable[Loaded]) -> tuple[DocumentCoverage, ...]:
    """Return what the specs make of every figure and formula of their documents, as far as those are here."""
    return combined(coverage(each.source, each.spec, each.binding) for each in loaded if each.source is not None)
