import pytest
from tests.findings.importers.reports import findings, gaps

HEADER = "Title,Severity,File,Line,URL,Method,Parameter,Package,Version,Ecosystem,CVE,Status,Resource\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_spreadsheets_ways_are_read(separator, encoding):
    text = (
        f'Title{separator}Severity{separator}File\r\n"a{separator} ""b""\r\nc"{separator}High{separator}src\\a.py\r\n'
    )
    (found,) = findings(text.encode(encoding))
    assert (found.title, found.file, found.severity) == (
        f'a{separator.strip()} "b" c'.replace("a ", "a "),
        "src/a.py",
        "high",
    )


def test_a_line_may_name_the_separator():
    assert len(findings("sep=;\nTitle;Severity\nx, y;low\n", "csv")) == 1


def test_what_a_row_is_about_is_told_by_its_columns():
    rows = [
        "code,high,src/a.py,3,,,,,,,,,",
        "route,high,,,https://shop.example/users/7,GET,q,,,,,,",
        "library,high,,,,,,jinja2,2.4,PyPI,CVE-2019-10906,,",
        "setting,high,main.tf,,,,,,,,,,aws_s3_bucket.x",
        "person,high,,,,,,,,,,,",
    ]
    assert [one.practice for one in findings(HEADER + "\n".join(rows))] == [
        "code",
        "pentest",
        "dependencies",
        "pipeline",
        "other",
    ]


@pytest.mark.parametrize(
    ("word", "severity"),
    [("P1", "high"), ("Blocker", "critical"), ("7.5", "unknown"), ("Moderate", "medium"), ("", "unknown")],
)
def test_words_that_people_use(word, severity):
    assert findings(f"title,severity\nx,{word}\n")[0].severity == severity


def test_a_score_rates_where_no_word_does():
    assert findings("title,severity,cvss score\nx,,9.1\n")[0].severity == "critical"


def test_a_closed_row_is_suppressed():
    found = findings("title,severity,status,false positive\na,low,Fixed,\nb,low,open,TRUE\nc,low,open,\n")
    assert [one.suppression is not None for one in found] == [True, True, False]


def test_a_row_without_a_title_is_counted_as_not_read():
    (gap,) = gaps("title,severity\n,high\n")
    assert (gap.scope, gap.units) == ("report: line 2", 1)


def test_a_quote_that_never_closes_is_a_gap_and_what_came_before_stands():
    text = 'title,severity\nfirst,low\n"' + "x" * 1000 + ("\n" + "y" * 200) * 2000
    assert [one.title for one in findings(text)] == ["first"]
    assert "cannot be read on" in gaps(text)[0].reason
