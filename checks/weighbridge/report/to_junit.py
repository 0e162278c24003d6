"""The report as JUnit XML, for whatever collects test results: one suite a spec, one case a claim.

Elements and attributes are those of the schema that Jenkins' xUnit plugin publishes (junit-10.xsd) and no others, which
is why what is known of each claim stands in the properties of its suite, by the claim's id: that schema has none for a
case. A claim that fails is a failure, one that could not be evaluated an error; a waived claim is skipped, and so is
one that is undecided and passes, with the reason.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from weighbridge.errors import one_line
from weighbridge.report.model import Report, SpecEntry, Weighed
from weighbridge.report.wording import describe_result, diagnose, hypotheses, label
from weighbridge.verdict import Errored, Undecided, word

#: What no XML 1.0 document may hold; `one_line` has made the rest of the control characters visible.
FORBIDDEN = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "?")


def to_junit(report: Report) -> str:
    """Return the report as JUnit XML; there are no times in it, since deciding is not what is measured."""
    root = ET.Element("testsuites", name="weighbridge")
    totals = {"tests": 0, "failures": 0, "errors": 0}
    for spec in report.specs:
        results = [each for each in report.results if each.result.spec == spec.path]
        suite = to_suite(spec, results)
        root.append(suite)
        for name in totals:
            totals[name] += int(suite.attrib[name])
    root.attrib.update({name: str(count) for name, count in totals.items()})
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def to_suite(spec: SpecEntry, results: list[Weighed]) -> ET.Element:
    """Return the suite of one spec."""
    cases = [to_case(spec, each) for each in results]
    counts = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error", "skipped")}
    suite = ET.Element(
        "testsuite",
        name=clean(spec.document_id),
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
    )
    properties = ET.SubElement(suite, "properties")
    facts = {"spec": spec.path, "document": spec.document_path or spec.cite, "title": spec.title}
    facts |= {
        each.result.id: f"{each.standing}: {describe_result(each.result)}{hypotheses(each.result)}" for each in results
    }
    for name, value in facts.items():
        ET.SubElement(properties, "property", name=clean(name), value=clean(value))
    suite.extend(cases)
    return suite


def to_case(spec: SpecEntry, weighed: Weighed) -> ET.Element:
    """Return the case of one claim; its name is the claim's id within the document."""
    result = weighed.result
    case = ET.Element(
        "testcase",
        name=clean(result.id.removeprefix(f"{spec.document_id}/")),
        classname=clean(spec.document_id),
        group=clean(f"{result.location.path}:{result.location.line}"),
    )
    message = clean(diagnose(weighed))
    match weighed.standing:
        case "fail" | "unexpected":
            kind = "error" if isinstance(result.verdict, Errored) else "failure"
            ET.SubElement(case, kind, type=label(weighed), message=message).text = message
        case "waived":
            ET.SubElement(case, "skipped", message=message)
        case "pass":
            if isinstance(result.verdict, Undecided):
                told = f"{word(result.verdict)}: {describe_result(result)}{hypotheses(result)}"
                ET.SubElement(case, "skipped", message=clean(told))
    return case


def clean(text: str) -> str:
    """Return text that an XML document may hold, on one line."""
    return one_line(text).translate(FORBIDDEN)
