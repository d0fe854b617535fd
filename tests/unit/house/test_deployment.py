"""The files that AgentOS is deployed with fit what it is."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs/deployment"


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    return found


def test_the_image_has_every_package_and_what_the_installation_reads() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (FOLDER / "Dockerfile").read_text(), re.M)
    sources = {source for line in copied for source in line.split()}
    assert set(packages) <= sources
    assert {"requirements.lock", "pyproject.toml", "README.md"} <= sources
    assert all((ROOT / source).exists() for source in sources)


def test_the_image_has_the_python_that_the_project_is_made_for() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    images = re.findall(r"^FROM (\S+)", (FOLDER / "Dockerfile").read_text(), re.M)
    assert {image.split("-")[0] for image in images} == {f"python:{version}"}


def test_services_are_built_from_files_that_exist_and_nothing_is_open_to_others() -> None:
    services = _compose()["services"]
    for name in ("tables", "server", "worker"):
        build = services[name]["build"]
        assert (FOLDER / build["context"] / build["dockerfile"]).resolve().is_file()
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
@pytest.mark.parametrize("unit", ["agentos-server.service", "agentos-worker.service"])
def test_units_are_sound(unit: str, tmp_path: Path) -> None:
    copy = tmp_path / unit
    text = (FOLDER / unit).read_text()
    copy.write_text(text.replace("/opt/agentos/bin/agentos", "/bin/true"))
    told = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
