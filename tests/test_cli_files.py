"""Nothing of the user's is lost: no command writes over a file that it reads, and train over nothing but a model of pynn's."""
from __future__ import annotations

import os
import subprocess
import sys

import pytest

import pynn
from pynn import cli, commands

TABLE = b"a,colour,k\n1,red,u\n2,blue,v\n3,red,u\n4,blue,v\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A table and a model, each also by a symbolic and a hard link, and a file of the user's own."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "t.csv").write_bytes(TABLE)
    monkeypatch.chdir(tmp_path)
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "1", "--seed", "0"])
    for name in ("t.csv", "m"):
        try:
            os.symlink(tmp_path / name, tmp_path / "sub" / f"soft-{name}")
        except OSError:         # Windows asks for a privilege
            pytest.skip("this system makes no symbolic links")
        os.link(tmp_path / name, tmp_path / "sub" / f"hard-{name}")
    (tmp_path / "letter.txt").write_bytes(b"Dear reader")
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


REFUSED = [
    ("train t.csv --out t.csv", "--out: expected another file than the table, got t.csv; nothing was written"),
    ("train t.csv --out ./sub/../t.csv", "which is the same file as t.csv; nothing was written"),
    ("train t.csv --out sub/soft-t.csv", "which is the same file as t.csv"),
    ("train t.csv --out sub/hard-t.csv", "which is the same file as t.csv"),
    ("train sub/soft-t.csv --out t.csv", "which is the same file as sub/soft-t.csv"),
    ("train sub/hard-t.csv --out sub/soft-t.csv", "which is the same file as sub/hard-t.csv"),
    ("train t.csv --out letter.txt", "--out: expected a new file or a model of pynn's, got letter.txt, which is another file"),
    ("train none.csv --out letter.txt", "letter.txt, which is another file"),           # before the table is read
    ("train t.csv --out sub", "--out: expected a file in an existing folder, got sub"),
    ("predict m t.csv --out t.csv", "--out: expected another file than the table, got t.csv"),
    ("predict m t.csv --out m", "--out: expected another file than the model, got m"),
    ("predict m t.csv --out sub/soft-t.csv", "which is the same file as t.csv"),
    ("predict m t.csv --out sub/hard-m", "which is the same file as m"),
    ("predict sub/soft-m sub/hard-t.csv --out t.csv", "which is the same file as sub/hard-t.csv"),
    ("predict sub/soft-m sub/hard-t.csv --out sub/../m", "which is the same file as sub/soft-m"),
    ("export m --to numpy --out sub/soft-m", "which is the same file as m"),
    ("export sub/hard-m --to onnx --out m", "which is the same file as sub/hard-m"),
]


@pytest.mark.parametrize(("command", "message"), REFUSED)
def test_files_that_are_read_are_not_written(command, message, folder, capsys):
    before = contents(folder)
    with pytest.raises(SystemExit) as raised:
        cli.main(command.split())
    assert raised.value.code == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.out == ""
    assert contents(folder) == before


def test_other_commands_in_other_folders(folder):
    """Two processes, each in a folder of its own, that name one file in two ways."""
    before = contents(folder)
    for where, command in (("sub", "train ../t.csv --out soft-t.csv"), (".", f"predict m sub/soft-t.csv --out {folder}/t.csv")):
        done = subprocess.run([sys.executable, "-P", "-m", "pynn", *command.split()], cwd=folder / where, capture_output=True,
                              text=True, check=False)
        assert done.returncode == 2
        assert "which is the same file as" in done.stderr
    assert contents(folder) == before


def test_what_may_be_written_over(folder):
    """train: a model, an empty file, through a link; predict: any file that it does not read."""
    (folder / "empty").touch()
    for out in ("m", "empty", "sub/soft-m", "new"):
        cli.main(["train", "t.csv", "--out", out, "--epochs", "2"])
        assert pynn.load(out).epoch == 2
    assert (folder / "sub/soft-m").is_symlink()
    for out in ("letter.txt", "sub/dangling"):
        if out == "sub/dangling":
            os.symlink(folder / "elsewhere.csv", out)
        cli.main(["predict", "m", "t.csv", "--out", out])
        assert (folder / out).read_text().startswith("prediction\n")
    assert (folder / "elsewhere.csv").is_file()
    assert (folder / "t.csv").read_bytes() == TABLE


def test_a_file_that_comes_while_the_network_is_trained_stays(folder, monkeypatch, capsys):
    fit = commands._fit

    def fit_and_write(*arguments):
        (folder / "late").write_bytes(b"mine")
        return fit(*arguments)

    monkeypatch.setattr(commands, "_fit", fit_and_write)
    with pytest.raises(SystemExit):
        cli.main(["train", "t.csv", "--out", "late", "--epochs", "1"])
    assert (folder / "late").read_bytes() == b"mine"
    assert "the model is in late.model" in capsys.readouterr().err
    assert pynn.load("late.model").epoch == 1


def test_a_failure_leaves_the_old_predictions(folder, monkeypatch):
    (folder / "p.csv").write_bytes(b"old")

    class Full:
        def writerows(self, rows):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(commands.csv, "writer", lambda *arguments, **keywords: Full())
    with pytest.raises(SystemExit):
        cli.main(["predict", "m", "t.csv", "--out", "p.csv"])
    assert (folder / "p.csv").read_bytes() == b"old"
    assert not list(folder.glob(".pynn-*"))


def test_predictions_may_go_to_a_device(folder):
    cli.main(["predict", "m", "t.csv", "--out", os.devnull])


def test_kept_columns_stand_beside_the_predictions(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text('id,a,name,k\n007,1,"Ng, A",u\n8,2,,v\n9,3,Li,u\n', encoding="utf-8")
    cli.main(["train", "t.csv", "--drop", "id,name", "--out", "m", "--epochs", "1", "--seed", "0"])
    capfd.readouterr()
    cli.main(["predict", "m", "t.csv", "--keep", "name, id,a"])
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "name,id,a,prediction"
    assert [line.rpartition(",")[0] for line in lines[1:]] == ['"Ng, A",007,1', ",8,2", "Li,9,3"]
    net = pynn.Network([1, 1], output="linear", rng=0)          # without names: all but the kept columns are features
    net.save("plain")
    cli.main(["predict", "plain", "t.csv", "--keep", "id,name,k", "--out", "p"])
    assert (tmp_path / "p").read_text().splitlines()[2].startswith("8,,v,")
    for keep, message in (("id,a,name,k", "--keep: expected at least one other column"),
                          ("none", "--keep: t.csv has no column 'none'; there are 'id', 'a'")):
        with pytest.raises(SystemExit):
            cli.main(["predict", "plain", "t.csv", "--keep", keep])
        assert message in capfd.readouterr().err
    (tmp_path / "t.csv").write_text("prediction,a\n5,1\n")
    cli.main(["predict", "m", "t.csv", "--keep", "prediction", "--out", "q"])
    assert (tmp_path / "q").read_text().splitlines()[0] == "prediction,predicted prediction"
    (tmp_path / "t.csv").write_text("prediction,predicted prediction,a\n5,6,1\n")
    with pytest.raises(SystemExit):
        cli.main(["predict", "m", "t.csv", "--keep", "prediction,predicted prediction"])
    assert "--keep: expected no column with a name of the predictions, predicted prediction" in capfd.readouterr().err
