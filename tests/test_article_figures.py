"""The nine figures by command."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pynn.article_figures import write_figures

pytestmark = pytest.mark.usefixtures("clean_figures")


@pytest.mark.slow
def test_the_command_writes_all_nine_figures(tmp_path):
    done = subprocess.run([sys.executable, "-P", "-m", "pynn", "figures", "--out", tmp_path / "new" / "figures"],
                          capture_output=True, text=True, check=True)
    written = [Path(line) for line in done.stdout.splitlines()]
    assert sorted(written) == sorted((tmp_path / "new" / "figures").iterdir())
    for number in range(1, 10):
        kinds = {path.suffix for path in written if path.name.startswith(f"{number}-")}
        assert {".png", ".svg"} <= kinds, number
    assert {path.suffix for path in written if path.name.startswith("3-")} == {".png", ".svg", ".gif", ".html"}
    assert all(path.stat().st_size > 5000 for path in written)
    assert done.stderr == ""


@pytest.mark.slow
def test_one_bar_counts_the_pictures(tmp_path, capsys):
    write_figures(tmp_path, progress=True)
    assert "152/152" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_a_plain_message(tmp_path):
    (tmp_path / "file").write_text("")
    done = subprocess.run([sys.executable, "-P", "-m", "pynn", "figures", "--out", tmp_path / "file" / "figures"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pynn: error:" in done.stderr
    assert "Traceback" not in done.stderr
