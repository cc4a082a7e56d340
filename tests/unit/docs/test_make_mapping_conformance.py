from pathlib import Path

from docs.make_mapping_conformance import conformance_page, results

REPORT = """<testsuites><testsuite>
<testcase classname="tests.conformance.mappings.test_checklist" name="test_a[x|y]"/>
<testcase classname="tests.conformance.mappings.test_checklist" name="test_b"><failure/></testcase>
<testcase classname="tests.conformance.mappings.test_checklist" name="test_c"/>
<testcase classname="tests.conformance.mappings.test_checklist" name="test_c"><error/></testcase>
</testsuite></testsuites>"""


def test_a_report_is_read(tmp_path: Path) -> None:
    """An error while a test is torn down comes as a second entry of that test."""
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    assert results(report) == {
        "test_checklist::test_a[x|y]": True,
        "test_checklist::test_b": False,
        "test_checklist::test_c": False,
    }


def test_a_row_per_test_of_ours() -> None:
    """What was not run against the peer is said to be so."""
    page = conformance_page({"m::test_b": False, "m::test_a[x|y]": True}, {"m::test_b": True})
    assert page.splitlines()[-2:] == [
        "| `m::test_a[x\\|y]` | passes | not run |",
        "| `m::test_b` | fails | passes |",
    ]
    assert "**1 of 2** | **1 of 1 run**" in page
