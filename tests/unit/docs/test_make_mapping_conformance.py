from pathlib import Path

from docs.make_mapping_conformance import Case, conformance_page, results

CLASS = 'classname="tests.conformance.mappings.test_fields"'
REPORT = f"""<testsuites><testsuite>
<testcase {CLASS} name="test_a[x|y]"><properties>
<property name="rule" value="1.2 BatchSize"/><property name="rule" value="1.5 range"/></properties></testcase>
<testcase {CLASS} name="test_b"><failure/></testcase>
<testcase {CLASS} name="test_c"/>
<testcase {CLASS} name="test_c"><error/></testcase>
<testcase {CLASS} name="test_d"><skipped/></testcase>
</testsuite></testsuites>"""
TEST = "tests/conformance/mappings/test_fields.py::test_a"


def test_a_report_is_read(tmp_path: Path) -> None:
    """An error while a test is torn down comes as a second entry of that test."""
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    cases = results(report)
    assert [case.outcome for case in cases] == ["passed", "failed", "failed", "skipped"]
    assert cases[0] == Case(test=TEST, case=f"{TEST}[x|y]", rules=("1.2 BatchSize", "1.5 range"), outcome="passed")


def case(name: str, outcome: str, *rules: str, test: str = TEST) -> Case:
    assert outcome in {"passed", "failed", "skipped"}
    return Case(test=test, case=f"{test}[{name}]", rules=rules, outcome=outcome)  # type: ignore[arg-type] # checked above


def test_a_row_per_rule_and_test() -> None:
    """What was not run against a peer is said to be so, and what nobody else can run too."""
    inside = "tests/unit/pollers/drive/test_reader.py::test_polls"
    ours = [
        case("x", "passed", "1.2 BatchSize", "1.5 range"),
        case("y", "passed", "1.5 range"),
        case("", "passed", "3.1 polling", test=inside),
        case("", "skipped", "C 20", test="tests/conformance/t.py::test_c20"),
    ]
    theirs = [case("x", "passed", "1.2 BatchSize", "1.5 range"), case("y", "failed", "1.5 range")]
    page = conformance_page({"this project": ours, "moto 5": theirs}).splitlines()
    short = "`conformance/mappings/test_fields.py::test_a`"
    assert f"| **BatchSize**: 1 to 10,000, by default 100 | {short} | passes | passes |" in page
    (row,) = [line for line in page if line.startswith("| **range**")]
    assert row.endswith(f"| {short} | passes (2 cases) | passes 1 of 2 cases |")
    (row,) = [line for line in page if line.startswith("| **polling**")]
    assert row.endswith("| `unit/pollers/drive/test_reader.py::test_polls` | passes | inside |")
    (row,) = [line for line in page if line.startswith("| **20**")]
    assert row.endswith("| `conformance/t.py::test_c20` | skipped | not run |")
    assert "| **rules held** | **3 of 3** | **1 of 2** |" in page
