"""A sheet of companies by command line, against a real server."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Cli

pytestmark = pytest.mark.e2e


def _sheet(folder: Path, *lines: str) -> str:
    file = folder / "companies.csv"
    file.write_text("\n".join(("company_name,systems", *lines)))
    return str(file)


def test_a_sheet_is_launched_approved_and_read_back(cli: Cli, tmp_path: Path) -> None:
    file = _sheet(tmp_path, "Batch One,newsletter", "Batch Two,newsletter", "Batch Three,fax")
    submitted = cli("batch", "submit", file, "--watch", "--json")
    assert submitted.exit_code == 3, submitted.output
    batch = json.loads(submitted.stdout.splitlines()[-1])
    assert batch["by_status"] == {"awaiting_approval": 2, "faulty": 1}
    approved = cli("batch", "approve", batch["batch_id"], "--watch")
    assert approved.exit_code == 5
    assert "completed 2 · faulty 1" in approved.stdout
    assert "systems names a system that does not exist here." in approved.stdout
    rows = csv.DictReader(io.StringIO(cli("batch", "results", batch["batch_id"]).stdout))
    assert [row["status"] for row in rows] == ["completed", "completed", "faulty"]
    assert batch["batch_id"] in cli("batch", "list").stdout


def test_a_sheet_that_is_only_checked_waits_and_can_be_cancelled(cli: Cli, tmp_path: Path) -> None:
    checked = cli("batch", "submit", _sheet(tmp_path, "Batch Four,newsletter"), "--check", "--json")
    assert checked.exit_code == 3
    batch = json.loads(checked.stdout)
    assert batch["by_status"] == {"ready": 1}
    cancelled = cli("batch", "cancel", batch["batch_id"])
    assert "cancelled 1" in cancelled.stdout


def test_a_file_that_is_no_sheet_is_refused_with_advice(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "letter.csv"
    file.write_text("Dear Dana,\n")
    refused = cli("batch", "submit", str(file))
    assert refused.exit_code == 2
    assert "company_name" in refused.stderr
    assert cli("batch", "submit", str(tmp_path / "missing.csv")).exit_code == 2
