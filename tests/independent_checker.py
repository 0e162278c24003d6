"""Checks a compliance report (JSON on stdin) again, sharing nothing with what wrote it; sweeps it can not repeat."""

import ast, functools, itertools, json, random, re, sys  # noqa: E401, I001 - short enough to be read as a whole
from fractions import Fraction
from typing import Any

KNOWN: dict[str, Any] = {"__builtins__": {}, "exact": Fraction(1), "true_": True, "false_": False, "abs_": abs}
KNOWN |= {"min_": lambda *n: min(n), "max_": lambda *n: max(n), "sum_": lambda *n: sum(n)}
KNOWN |= {"ceil_div_": lambda a, b: -(-a // b), "round_up_": lambda a, b: -(-a // b) * b}
VERDICTS = {"evaluated": "holds", "normal-form": "holds", "counterexample": "refuted", "residual": "refuted"}
NO_POLYNOMIAL = re.compile(r"//|[%<>!]|\w\(|(/|\*\*) \D|\b(if|and|or|not|is)\b")


@functools.cache
def value(text: str) -> Any:
    text = re.sub(r"\b(?!(?:and|or|not|if|else|is)\b)[A-Za-z_]\w*", r"\g<0>_", text)  # no symbol is a word of Python
    text = re.sub(r"(?<!\w)\d[\d_]*(\.[\d_]+)?([eE][+-]?\d+)?", lambda n: f"({Fraction(n[0].replace('_', ''))})", text)
    assert re.fullmatch(r"[\w (),+*/%<>=!-]+", text), f"'{text}' is no expression"
    tree = ast.parse(text, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Pow):  # no quotient becomes a float
            node.left = ast.BinOp(ast.Name("exact", ast.Load()), ast.Mult(), node.left)
    code = compile(ast.fix_missing_locations(tree), "", "eval")
    return lambda at: eval(code, KNOWN, {f"{name}_": number for name, number in at.items()})  # noqa: S307 - arithmetic


def says(left: str, relation: str, right: str) -> str:
    between = f" {'<=' if right[0] == '[' else '<'} ({left}) {'<=' if right[-1] == ']' else '<'} "
    return right[1:-1].replace(", ", between) if relation == "in" else f"({left}) {relation} ({right})"


def prove(claims: list[str], given: list[str], known: dict[str, str], least: dict[str, int]) -> str:
    """Try claims on the grid that proves equal polynomials, with a value more than the degree; and at random points."""
    free, draw = sorted(least.keys() - known.keys()), random.Random(0)  # noqa: S311 - the same each time
    points = [{name: least[name] - 1 + int(2 ** draw.uniform(0, 40)) for name in free} for _ in range(300)]
    put_in = [re.sub(r"\b\w+", lambda n: f"({known[n[0]]})" if n[0] in known else n[0], each) for each in claims]
    proved = all(each.count("==") == 1 and not NO_POLYNOMIAL.search(each) for each in put_in)
    if proved:  # with every sign a plus nothing cancels: the size of the value at 2 ** 4000 tells a symbol's degree
        size, ones = value(re.sub("-|==", "+", " + ".join(put_in))), dict.fromkeys(free, 1)
        degrees = {name: round(int(size(ones | {name: 1 << 4000})).bit_length() / 4000) for name in free}
        axes = [range(least[name], least[name] + degree + 1) for name, degree in degrees.items()]
        points += [dict(zip(free, point, strict=True)) for point in itertools.product(*axes)]
    given = [text for text in given if not proved or known.keys() & text.split(" == ")]
    given += [f"{name} % 1 == 0" for name in known if not proved]
    assert known.keys() <= {side for text in given for side in text.split(" == ")}, "a definition is not given"
    points = [at | {name: value(text)(at) for name, text in known.items()} for at in points]
    met = [at for at in points if all(value(text)(at) for text in given)]
    assert met == points if proved else met, "what is put in is not what is given"
    for claim, at in itertools.product(claims, met):
        assert value(claim)(at), f"{claim} fails at {at}"
    return "proved" if proved else "searched"


def confirm(entry: dict[str, Any], spec: dict[str, Any]) -> str:
    witness, sides = entry["witness"], [tuple(side.values()) for side in entry["sides"]]
    assert entry["verdict"] == VERDICTS[witness["kind"]], "the witness is for another verdict"
    grid = spec["grids"].get(entry["over"], {"axes": {}, "derived": {}})
    least = {name: int(number) for name, number in entry["minimums"].items()}
    given = [f"{name} == {text}" for name, text in grid["derived"].items() if name in witness.get("point", least)]
    given += entry["given"] + [f"{name} >= {least[name]}" for name in witness.get("point", least) if name in least]
    if witness["kind"] == "normal-form":
        form = [says(sides[0][0], "==", witness["normal_form"] or "0")] * bool(witness["normal_form"])
        return prove([says(*side) for side in sides] + form, given, entry["definitions"], least)
    point = witness.get("point") or (spec["models"][entry["at"]] if entry["at"] else {})
    at, model = {name: int(number) for name, number in point.items()}, spec["models"].get(entry["at"], point)
    assert (point.items() | entry["values"].items()) <= model.items(), "these are not the model's values"
    for name, axis in grid["axes"].items():
        low, high, step = map(int, re.findall(r"\d+", f"{axis} 1 1")[:3])
        assert point[name] in axis if isinstance(axis, list) else at[name] in range(low, high + 1, step), "off the grid"
    assert all(value(text)(at) for text in given), "the point does not meet the assumptions"
    failing = [side for side in sides if not value(says(*side))(at)]
    assert bool(failing) == (entry["verdict"] == "refuted"), f"these sides fail: {failing}"
    left, relation, right = (failing or sides)[0]
    found, ends = value(left)(at), right[1:-1].split(", ") if relation == "in" else [right]
    low, *_, high = [value(end)(at) for end in ends * 2]
    assert not entry["oracle"] or entry["oracle"]["count"] in str(sides), "an artifact's count is not compared"
    assert relation not in ("==", "in") or value(entry["computed"] or str(found))({}) == found, f"computed is {found}"
    if "point" in witness:
        stated = [value(witness[name])({}) for name in ("left", "right")]
        assert stated in ([found, high], [low, found]), f"the sides are {found} and {ends}"
        assert entry["counterexample"] == point, "two counterexamples"
    elif failing:
        assert low <= found - value(witness["difference"])({}) <= high, f"with {found} that is not what is printed"
        assert (entry["computed"], entry["residual"]) == (witness["computed"], witness["difference"]), "two residuals"
    return "refuted" if failing else "evaluated"


def check(report: dict[str, Any]) -> list[str]:
    lines, specs = [], {spec["path"]: spec for spec in report["specs"]}
    for entry in (each for each in report["results"] if each["witness"]["kind"] in VERDICTS):
        try:
            lines.append(f"{entry['id']}: {confirm(entry, specs[entry['spec']])}")
        except Exception as wrong:  # noqa: BLE001 - nothing that goes wrong confirms anything
            lines.append(f"{entry['id']}: WRONG: {wrong}")
    return lines


if __name__ == "__main__":
    sys.exit("\n".join(line for line in check(json.load(sys.stdin)) if ": WRONG: " in line))
