"""The door from pytest: each claim and invariant of a spec is an item, and its standing is the outcome.

`pytest spec/` collects them, as in `spec/gpt3-weights.toml::embedding.count`. A claim that passes is passed, or skipped
where it is undecided and may be; a waived one is a strict xfail; what fails the gate fails, with the line that
`weighbridge check` prints. Settings are those of [tool.weighbridge], which WEIGHBRIDGE_* in the environment and then
pytest's own `weighbridge_*` (in its configuration, or by `-o`) override. Every project with pytest loads this module,
so it imports nothing of weighbridge before it has found a spec.
"""

# ruff: noqa: PLC0415 - a project without specs pays for nothing

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from msgspec.structs import replace

if TYPE_CHECKING:
    from weighbridge.formula.limits import Limits
    from weighbridge.judge import Options
    from weighbridge.project import Loaded, Project
    from weighbridge.report.model import Weighed

#: What can be set: the names of `weighbridge check`'s flags.
SETTINGS = {
    "root": "project root of the specs; default: the nearest pyproject.toml or .git above",
    "engine": "how claims are decided: auto, sweep or algebra",
    "examples": "examples that are tried on each invariant",
    "seed": "seed of those examples",
    "max-points": "points of the largest grid that is swept",
    "max-bytes": "bytes of the largest spec that is read",
    "max-bits": "bits of the largest value",
    "max-depth": "levels of the deepest expression",
    "threads": "threads of a sweep",
    "today": "day that waivers expire by, as in 2026-11-24; default: today in UTC",
}

#: Bytes of a TOML file that are looked at to tell whether it is a spec.
LOOKED_AT = 1024 * 1024
#: A spec has a [document], and says something of it; a file with a slip in these is a spec still.
DOCUMENT = re.compile(
    rb"""^(?:\xef\xbb\xbf)?[ \t]*(?:\[[ \t]*["']?document\b|document[ \t]*(?:\.|=[ \t]*\{))""", re.MULTILINE
)
STATEMENT = re.compile(
    rb"""^[ \t]*(?:\[\[?[ \t]*["']?(?:claim|invariant)\b|\[\[[ \t]*["']?table\b|(?:claim|invariant)[ \t]*=[ \t]*\[)""",
    re.MULTILINE,
)

#: The specs that were collected in a session, by the ids of their documents.
COLLECTED: pytest.StashKey[dict[str, Path]] = pytest.StashKey()


class ClaimFails(Exception):  # noqa: N818 - the claim is at fault
    """A claim does not stand; the text is what `weighbridge check` says of it, and where its document says it."""


class ClaimWaived(ClaimFails):
    """A claim is refuted, and a waiver or erratum says why."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings."""
    for name, text in SETTINGS.items():
        parser.addini(ini(name), f"Weighbridge: {text}", type="string", default="")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SpecFile | None:
    """Collect a TOML file that is a spec, and no other."""
    if file_path.suffix != ".toml" or file_path.name.startswith(".") or file_path.name == "pyproject.toml":
        return None
    return SpecFile.from_parent(parent, path=file_path) if is_spec(file_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Mark what is undecided as skipped and what is waived as a strict xfail, before pytest looks for such marks."""
    if isinstance(item, ClaimItem):
        item.decide()


def is_spec(path: Path) -> bool:
    """Tell whether a TOML file has a document and says something of it, without reading it as TOML."""
    try:
        with path.open("rb") as file:
            data = file.read(LOOKED_AT)
    except OSError:
        return False
    return DOCUMENT.search(data) is not None and STATEMENT.search(data) is not None


class SpecFile(pytest.File):
    """One spec; what it claims is decided once in a session, all its items together."""

    project: Project
    options: Options
    today: datetime.date
    limits: Limits
    weighed: Mapping[str, Weighed] | None = None

    def collect(self) -> Iterator[ClaimItem]:
        """Yield an item for each result that the spec can have. Raises `CollectError` with every mistake in it."""
        from weighbridge.errors import SpecErrors, UsageError
        from weighbridge.project import listed

        try:
            self.read()
        except SpecErrors as error:
            raise self.CollectError("\n".join(map(str, error.errors))) from None
        except (UsageError, pytest.UsageError) as error:
            raise self.CollectError(str(error)) from None
        for name, location in listed(self.project, ()):
            item: ClaimItem = ClaimItem.from_parent(self, name=name.partition("/")[2])
            item.result_id, item.line = name, location.line
            yield item

    def read(self) -> None:
        """Read the settings, the spec and its document. Raises `SpecErrors`, `UsageError`."""
        from weighbridge.configuration import find_root, read_configuration
        from weighbridge.formula.limits import in_force
        from weighbridge.project import open_project

        here = self.config.rootpath
        root = setting(self.config, "root", {})
        settings = read_configuration(here / root if root else find_root(self.path, here))
        self.options, self.today = options(self.config, settings), day(setting(self.config, "today", settings))
        self.limits = limits(self.config, settings)
        most = number("max-bytes", setting(self.config, "max-bytes", settings))
        top = str(here / root) if root else None
        with in_force(self.limits):
            self.project = open_project((str(self.path),), root=top, cwd=here, max_bytes=most)
            first = self.session.stash.setdefault(COLLECTED, {}).setdefault(self.loaded.spec.id, self.path)
            if first != self.path:  # two specs of one document id are a mistake, which reading them together finds
                open_project((str(first), str(self.path)), root=top, cwd=here, max_bytes=most)

    @property
    def loaded(self) -> Loaded:
        """The spec, with its document."""
        return self.project.loaded[0]

    def decided(self) -> Mapping[str, Weighed]:
        """Return what came of the items that run in this session, by the ids of their results."""
        if self.weighed is None:
            from weighbridge.formula.limits import in_force
            from weighbridge.gate import stand
            from weighbridge.judge import judge
            from weighbridge.report.model import Weighed

            mine = {item.result_id for item in self.session.items if isinstance(item, ClaimItem) and item.file is self}
            anchors = self.loaded.binding.anchors
            with in_force(self.limits):
                results = judge(self.loaded.spec, anchors, self.options, wanted=mine.__contains__)
            self.weighed = {each.id: Weighed(each, *stand(each, today=self.today)) for each in results}
        return self.weighed


class ClaimItem(pytest.Item):
    """One claim (at one of its models) or invariant."""

    result_id: str
    line: int

    @property
    def file(self) -> SpecFile:
        """The spec that declares it."""
        return cast("SpecFile", self.parent)

    def decide(self) -> None:
        """Give the item the mark that its standing asks for."""
        from weighbridge.report.wording import finding, label
        from weighbridge.verdict import Undecided

        weighed = self.file.decided()[self.result_id]
        if weighed.standing == "waived":
            self.add_marker(pytest.mark.xfail(reason=weighed.why, raises=ClaimWaived, strict=True))
        elif weighed.standing == "pass" and isinstance(weighed.result.verdict, Undecided):
            self.add_marker(pytest.mark.skip(reason=f"{label(weighed)}[{self.result_id}] {finding(weighed)}"))

    def runtest(self) -> None:
        """Raise `ClaimFails` where the claim does not stand, `ClaimWaived` where that is known."""
        weighed = self.file.decided()[self.result_id]
        match weighed.standing:
            case "pass":
                return
            case "waived":
                raise ClaimWaived(told(weighed, self.file.loaded))
            case "fail" | "unexpected":
                raise ClaimFails(told(weighed, self.file.loaded))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: None = None) -> object:  # type: ignore[override]
        """Return what is the matter with a claim, and no traceback: nothing is the matter with the code."""
        if not isinstance(excinfo.value, ClaimFails):
            return super().repr_failure(excinfo, style)
        text = str(excinfo.value)
        shown = excinfo.getrepr(style="value")
        if shown.reprcrash is not None:  # what the summary and --junitxml call the message
            shown.reprcrash.path, shown.reprcrash.lineno = str(self.path), self.line
            shown.reprcrash.message = text.partition("\n")[0]
        return shown

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the claim is declared, counting lines from 0 as pytest does, and the id of its result.

        Of the item's own name pytest would take the points for those between a class and its methods, and list
        `embedding.count` as `embedding::count`, which selects nothing.
        """
        return self.path, self.line - 1, self.result_id


def told(weighed: Weighed, loaded: Loaded) -> str:
    """Return a diagnosis, what was put in, what explains it, and the line of the document."""
    from weighbridge.errors import one_line
    from weighbridge.report.wording import diagnose, put_in
    from weighbridge.verdict import Errored, Refuted

    result = weighed.result
    lines = [diagnose(weighed)]
    if isinstance(result.verdict, Refuted | Errored):
        lines += [f"    {line}" for line in put_in(result)]
    if isinstance(result.verdict, Refuted):
        lines += [f"    {one_line(line)}" for line in result.verdict.explanations]
    where = result.anchor.location if result.anchor else None
    if where is not None and loaded.source is not None:
        line = loaded.source.text.split("\n")[where.line - 1].strip()
        lines.append(one_line(f"{where}: {line if len(line) <= 160 else line[:159] + '…'}"))
    return "\n".join(lines)


def ini(name: str) -> str:
    """Return what a setting is called in pytest's configuration."""
    return f"weighbridge_{name.replace('-', '_')}"


def setting(config: pytest.Config, name: str, settings: Mapping[str, object]) -> str:
    """Return a setting as text, "" where there is none: pytest's own, the environment's or the file's."""
    own = str(config.getini(ini(name)))
    return own or os.environ.get(ini(name).upper(), "") or str(settings.get(name, ""))


def options(config: pytest.Config, settings: Mapping[str, object]) -> Options:
    """Return how claims are to be decided. Raises `UsageError`."""
    from weighbridge.errors import did_you_mean
    from weighbridge.judge import ENGINES, Options

    # Under xdist there is a worker for each core; and of what is waived nobody sees more than the reason.
    usual = Options(threads=1 if hasattr(config, "workerinput") else 0, explain_excused=False)
    engine = setting(config, "engine", settings) or usual.engine
    if engine not in ENGINES:
        raise pytest.UsageError(f"weighbridge_engine: there is no engine '{engine}'; {did_you_mean(engine, ENGINES)}")
    given = {name: number(name, setting(config, name, settings)) for name in ("examples", "max-points", "threads")}
    return replace(
        usual,
        engine=engine,
        seed=number("seed", setting(config, "seed", settings), least=0) or 0,
        examples=given["examples"] or usual.examples,
        max_points=given["max-points"] or usual.max_points,
        threads=given["threads"] or usual.threads,
    )


def limits(config: pytest.Config, settings: Mapping[str, object]) -> Limits:
    """Return what expressions may be. Raises `UsageError`."""
    from weighbridge.formula.limits import MOST, USUAL, limits_of

    bits, depth = (setting(config, name, settings) for name in ("max-bits", "max-depth"))
    return limits_of(
        bits=number("max-bits", bits, least=USUAL.bits, most=MOST.bits),
        depth=number("max-depth", depth, least=USUAL.depth, most=MOST.depth),
    )


def number(name: str, text: str, *, least: int = 1, most: int | None = None) -> int | None:
    """Return a setting that is a whole number, None where there is none. Raises `UsageError`."""
    if not text:
        return None
    plain = text.replace("_", "").replace(",", "")
    if not re.fullmatch("[0-9]{1,30}", plain) or not least <= int(plain) <= (most or int(plain)):
        wanted = f"of at least {least}" if most is None else f"from {least:,} to {most:,}"
        raise pytest.UsageError(f"{ini(name)}: expected a whole number {wanted}, found '{text}'")
    return int(plain)


def day(text: str) -> datetime.date:
    """Return a date such as 2026-11-24, today's in UTC where there is none. Raises `UsageError`."""
    try:
        return datetime.date.fromisoformat(text) if text else datetime.datetime.now(datetime.UTC).date()
    except ValueError:
        raise pytest.UsageError(f"weighbridge_today: '{text}' is no date; write it as 2026-11-24") from None
