"""What a spec starts from: the symbols, tensors, conventions, quantities and models of an architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from weighbridge.errors import WeighbridgeError, did_you_mean
from weighbridge.formula.tokens import NAME
from weighbridge.formula.tree import Expression, Name, substitute
from weighbridge.spec.declare import (
    MODEL_KEYS,
    Declarations,
    Given,
    Recipe,
    check_units,
    read_conventions,
    read_grids,
    read_quantities,
    read_symbols,
    read_tensors,
)
from weighbridge.spec.fields import Fields, type_name
from weighbridge.spec.model import Quantity, Tensor
from weighbridge.spec.models import read_models
from weighbridge.spec.names import RESERVED
from weighbridge.spec.text import Text, path_from_root, root_of

TOP = ("title", "architecture", "rename", "symbols", "models", "tensors", "conventions", "quantities")
#: Architectures that may build on one another in a row.
MAX_DEPTH = 8
#: The largest shipped one has a hundredth of this.
MAX_BYTES = 1024 * 1024


class Unavailable(WeighbridgeError):  # noqa: N818 - it says what a file is, and is always caught here
    """Why an architecture's file is not read, on one line."""


class Library(Struct, frozen=True):
    """Where architectures come from: the names of the shipped ones, and what reads the file of a name or path.

    `read` takes a shipped name, or a path from the project root, which has a slash or ends in .toml. It raises
    `Unavailable`. `known` are shipped ones that a spec has been built on, so that the next need not read them again.
    """

    names: tuple[str, ...]
    read: Callable[[str], bytes]
    known: dict[str, Declarations] = field(default_factory=dict)


def unread(source: str) -> bytes:
    """Refuse every file."""
    raise Unavailable(f"'{source}' is not read here")


#: For specs that stand by themselves.
NOTHING = Library((), unread)


def read_declarations(root: Fields, library: Library, *, above: tuple[str, ...] = ()) -> Declarations:
    """Read everything that a spec or an architecture declares, and check it as a whole.

    `above` is by what an architecture was asked for, the first last. Raises `SpecErrors` where reading can not go on.
    """
    declared = read_base(root, library, above)
    read_symbols(root, declared)
    if above:
        declared.optional.update(declared.namespace.symbols)
    read_conventions(root, declared)
    read_tensors(root, declared)
    read_quantities(root, declared)
    read_models(root, declared)
    read_grids(root, declared)
    declared.namespace.settle()
    declared.namespace.check_definitions(root, declared.declared)
    check_units(root, declared)
    return declared


def read_base(root: Fields, library: Library, above: tuple[str, ...]) -> Declarations:
    """Read `architecture` and `rename`, and return what they start a spec with; nothing where they are not there."""
    if "architecture" not in root:
        if "rename" in root:
            root.complain("rename", "'rename' has nothing to rename", "it goes with 'architecture'")
        return Declarations()
    source = read_source(root, library)
    if source in above:
        chain = " -> ".join([*reversed(above[: above.index(source) + 1]), source])
        root.complain("architecture", f"is built on itself: {chain}", "break the circle")
    elif len(above) >= MAX_DEPTH:
        root.complain("architecture", f"is built on others more than {MAX_DEPTH} deep", "build on fewer")
    elif source:
        return read_named(root, source, library, above)
    # Every name below may be the architecture's, and there is no telling which.
    root.errors.raise_if_any()
    return Declarations()


def read_source(root: Fields, library: Library) -> str:
    """Read `architecture`: a shipped name, or a path, which is returned relative to the root; "" for a mistake."""
    text = root.text("architecture")
    if "/" in text or text.endswith(".toml"):
        before = len(root.errors.errors)
        source = path_from_root(root, "architecture", "architectures stand inside it")
        return source if len(root.errors.errors) == before else ""
    if text.strip() and text not in library.names:
        near = did_you_mean(text, library.names) if library.names else "none is shipped"
        hint = near if near.startswith("did") else f"{near}; or write a path such as 'architectures/{text}.toml'"
        root.complain("architecture", f"there is no architecture '{text}'", hint)
        return ""
    return text.strip()


def read_named(root: Fields, source: str, library: Library, above: tuple[str, ...]) -> Declarations:
    """Read an architecture and return it under the names that `rename` gives.

    Raises `SpecErrors` where it has mistakes of its own: what is built on it can not be judged.
    """
    if not above and source in library.known:
        return started(root, source, library.known[source])
    before = len(root.errors.errors)
    try:
        data = library.read(source)
    except Unavailable as why:
        root.complain("architecture", str(why))
        root.errors.raise_if_any()
        return Declarations()
    path = source if source not in library.names else f"architectures/{source}.toml"
    text = Text(path=path, noun="architecture", max_bytes=MAX_BYTES, begins="[symbols] and [tensors]")
    fields = root_of(text, data, root.errors)
    fields.only(TOP)
    fields.text("title")
    base = read_declarations(fields, library, above=(source, *above))
    if len(root.errors.errors) > before:
        root.errors.raise_if_any()
    # Models note their mistakes where they were read, so that each spec reads them anew.
    if not above and source in library.names and not base.recipes:
        library.known[source] = base
    return started(root, source, base)


def started(root: Fields, source: str, base: Declarations) -> Declarations:
    """Return what an architecture declares as the start of another's declarations, under the names of `rename`."""
    start = renamed(base, read_rename(root, base))
    start.sources = (source, *base.sources)
    return start


def read_rename(root: Fields, base: Declarations) -> dict[str, str]:
    """Read `rename`: new = "old"; return the new name of each old one."""
    table = root.table("rename")
    space = base.namespace
    known = (*space.symbols, *space.tensors, *space.quantities)
    found: dict[str, str] = {}
    for new, old in table.values.items() if table else ():
        assert table is not None, "unreachable because there is a name in it"
        if not isinstance(old, str):
            table.complain(new, f"'{new}' is {type_name(old)}, expected the architecture's name in a string")
        elif old not in known:
            table.complain(new, f"the architecture has no symbol, tensor or quantity '{old}'", did_you_mean(old, known))
        elif old in found:
            table.complain(new, f"'{old}' is renamed twice: '{found[old]}' and '{new}'")
        elif not NAME.fullmatch(new):
            table.complain(new, f"'{new}' is no name", "a name has letters, digits and _, and begins with no digit")
        elif new in RESERVED or (new in MODEL_KEYS and old in space.symbols):
            table.complain(new, f"'{new}' is a word of the language and can not be declared")
        else:
            found[old] = new
    for old, new in list(found.items()):
        kind = space.kind(new)
        if kind is not None and new not in found and table is not None:
            table.complain(new, f"'{new}' is a {kind} of the architecture already", f"rename that as well, or '{old}'")
            del found[old]
    return found


def renamed(base: Declarations, new: Mapping[str, str]) -> Declarations:
    """Return what an architecture declares, under new names, as the start of another's declarations."""
    put_in: Mapping[str, Expression] = {old: Name(name) for old, name in new.items()}

    def tree_of(tree: Expression) -> Expression:
        return substitute(tree, put_in) if put_in else tree

    def called(name: str) -> str:
        return new.get(name, name)

    start = Declarations()
    space = start.namespace
    for name, symbol in base.namespace.symbols.items():
        default = None if symbol.default is None else tree_of(symbol.default)
        # How the architecture writes a symbol in formulas is not how another name is written.
        latex = "" if name in new else symbol.latex
        space.symbols[called(name)] = replace(symbol, name=called(name), default=default, latex=latex)
    for name, tensor in base.namespace.tensors.items():
        shape, per = (tuple(map(tree_of, each)) for each in (tensor.shape, tensor.per))
        space.tensors[called(name)] = Tensor(name=called(name), shape=shape, per=per, when=tensor.when)
    for name, quantity in base.namespace.quantities.items():
        expression = tree_of(quantity.expression)
        space.quantities[called(name)] = Quantity(name=called(name), expression=expression, unit=quantity.unit)
    space.conventions.update(base.namespace.conventions)
    start.optional = set(space.symbols)
    for model, recipe in base.recipes.items():
        values = {
            called(symbol): Given(None if given.tree is None else tree_of(given.tree), given.fields, given.key)
            for symbol, given in recipe.values.items()
        }
        assumed = {called(symbol): text for symbol, text in recipe.assumed.items()}
        start.recipes[model] = Recipe(
            fields=recipe.fields,
            values=values,
            assumed=MappingProxyType(assumed),
            conventions=recipe.conventions,
        )
    return start
