"""The command's verbs on tables in CSV, as a user calls them: what is printed where, exit codes, and clear messages."""
from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading

import numpy as np
import pytest

import pynn
from pynn import cli, commands


def pynn_command(*arguments, folder):
    """The command in this process, which is quicker, with files as its streams."""
    code = 0
    with (contextlib.chdir(folder), tempfile.TemporaryFile("w+", encoding="utf-8") as out,
          tempfile.TemporaryFile("w+", encoding="utf-8") as err):
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                cli.main([*map(str, arguments)])
            except SystemExit as stop:
                code = stop.code
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def write(path, names, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The wines, as a table sorted by class with the species as text; and the model that the command makes of it."""
    data = pytest.importorskip("sklearn.datasets").load_wine()
    folder = tmp_path_factory.mktemp("tables")
    species = ["barolo", "grignolino", "barberà"]
    write(folder / "wine.csv", ["species", *data.feature_names],
          [[species[k], *row] for row, k in zip(data.data.tolist(), data.target, strict=True)])
    done = pynn_command("train", "wine.csv", "--target", "species", "--hidden", "16,16", "--epochs", "200", "--out",
                        "model.npz", "--validation-split", "0.25", "--seed", "1", "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        "pynn: wine.csv: 178 rows; numbers: alcohol, malic_acid, ash, alcalinity_of_ash, magnesium, total_phenols, flavanoids, "
        "nonflavanoid_phenols, proanthocyanins, color_intensity, …; target species: 3 classes: barberà, barolo, grignolino",
        "pynn: 178 rows of 13 features and 3 classes; wrote model.npz"]
    result = json.loads(done.stdout)
    assert result["epochs"] == 200
    assert result["val_accuracy"] > 0.9
    assert list(result) == ["epochs", "loss", "accuracy", "val_loss", "val_accuracy"]
    return folder


def test_train_makes_the_network_that_was_asked_for(folder):
    net = pynn.load(folder / "model.npz")
    assert net.sizes == (13, 16, 16, 3)
    assert net.activations == ("relu", "relu", "softmax")
    assert net.label_names == ("barberà", "barolo", "grignolino")
    assert net.feature_names[0] == "alcohol"
    assert net.epoch == 200
    assert net.optimizer == pynn.optimizers.Adam()
    X = pynn.datasets.load_csv(folder / "wine.csv", target="species").X
    assert 0 < abs(net.standardizer.mean - X.mean(axis=0)).max() < 100      # of the rows to train on
    assert net.standardizer.scale[-1] > 100


def test_train_with_every_option(folder):
    command = ["train", "wine.csv", "--target", "species", "--hidden", "", "--activation", "tanh", "--epochs", "3", "--out"]
    options = ["--batch-size", "8", "--optimizer", "sgd", "--learning-rate", "1e-6", "--seed", "5", "--no-scale"]
    for name in ("a", "b"):
        done = pynn_command(*command, name, *options, folder=folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("epochs 3, loss ")
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    net = pynn.load(folder / "a")
    assert net.sizes == (13, 3)
    assert net.standardizer is None
    assert net.optimizer == pynn.optimizers.SGD(learning_rate=1e-6)


def test_predict(folder):
    done = pynn_command("predict", "model.npz", "wine.csv", "--proba", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert header == ["prediction", "P(barberà)", "P(barolo)", "P(grignolino)"]
    net, table = pynn.load(folder / "model.npz"), pynn.datasets.load_csv(folder / "wine.csv", target="species")
    assert [row[0] for row in rows] == [net.label_names[k] for k in net.predict(table.X)]
    assert np.array_equal(np.array([row[1:] for row in rows], float), net.predict_proba(table.X))
    assert len({row[0] for row in rows}) == 3
    plain = pynn_command("predict", "model.npz", "wine.csv", "--out", "predicted.csv", folder=folder)
    assert plain.stdout == plain.stderr == ""
    assert (folder / "predicted.csv").read_text(encoding="utf-8").split() == ["prediction", *(row[0] for row in rows)]


def test_columns_are_found_by_name(folder):
    with open(folder / "wine.csv", encoding="utf-8", newline="") as file:
        columns = list(zip(*csv.reader(file), strict=True))
    names, *rows = zip(*columns[::-1], ["note", *["n/a, again"] * 178], strict=True)
    write(folder / "mixed.csv", names, rows)
    same = [pynn_command("predict", "model.npz", name, folder=folder).stdout for name in ("wine.csv", "mixed.csv")]
    assert same[0] == same[1]
    same = [pynn_command("evaluate", "model.npz", name, "--target", "species", "--json", folder=folder).stdout
            for name in ("wine.csv", "mixed.csv")]
    assert same[0] == same[1]


def test_evaluate(folder):
    done = pynn_command("evaluate", "model.npz", "wine.csv", "--target", "species", "--json", folder=folder)
    net, table = pynn.load(folder / "model.npz"), pynn.datasets.load_csv(folder / "wine.csv", target="species")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"rows": 178, **net.evaluate(table.X, table.y)}
    plain = pynn_command("evaluate", "model.npz", "wine.csv", "--target", "species", folder=folder)
    assert plain.stdout.startswith("rows 178, loss 0.")


def test_classes_keep_their_numbers_where_some_are_missing(folder):
    lines = (folder / "wine.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "one.csv").write_text("".join([lines[0], *(line for line in lines if line.startswith("grig"))]), encoding="utf-8")
    done = pynn_command("evaluate", "model.npz", "one.csv", "--target", "species", "--json", folder=folder)
    assert json.loads(done.stdout)["accuracy"] > 0.9


def test_export(folder, tmp_path):
    """Each format is what the function writes; a model that differs from what it was written as is not."""
    for kind in ("c", "javascript", "numpy", "onnx", "safetensors"):
        done = pynn_command("export", "model.npz", "--to", kind, "--out", tmp_path / kind, folder=folder)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", f"pynn: wrote {tmp_path / kind}\n")
        getattr(pynn.export, f"to_{kind}")(pynn.load(folder / "model.npz"), tmp_path / "twin", check=False)
        assert (tmp_path / kind).read_bytes() == (tmp_path / "twin").read_bytes()


def test_info(folder):
    done = pynn_command("info", "model.npz", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(pynn.load(folder / "model.npz").summary())
    assert "trained for 200 epochs" in done.stdout
    info = json.loads(pynn_command("info", "model.npz", "--json", folder=folder).stdout)
    assert info["sizes"] == [13, 16, 16, 3]
    assert info["parameters"] == 547
    assert info["standardized"] is True
    assert info["optimizer"]["name"] == "Adam"


def test_two_classes_and_regression(tmp_path):
    X, y = pynn.datasets.circles(200, rng=0)
    write(tmp_path / "two.csv", ["x", "y", "ring"], [[*x, ["outer", "inner"][k]] for x, k in zip(X.tolist(), y, strict=True)])
    assert pynn_command("train", "two.csv", "--out", "two", "--epochs", "60", "--learning-rate", "0.02",
                        folder=tmp_path).returncode == 0
    assert pynn.load(tmp_path / "two").activations[-1] == "sigmoid"
    done = pynn_command("predict", "two", "two.csv", "--proba", folder=tmp_path)
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert header == ["prediction", "P(inner)", "P(outer)"]
    assert np.mean([row[0] == ["outer", "inner"][k] for row, k in zip(rows, y, strict=True)]) > 0.95
    assert all(float(row[1 + (row[0] == "outer")]) >= 0.5 for row in rows)
    X, y = pynn.datasets.plane(200, rng=0)
    write(tmp_path / "plane.csv", ["u", "height", "v"], [[u, h, v] for (u, v), h in zip(X.tolist(), y.tolist(), strict=True)])
    done = pynn_command("train", "plane.csv", "--target", "height", "--out", "plane", "--json", folder=tmp_path)
    assert json.loads(done.stdout)["r2"] > 0.8
    header, *rows = csv.reader(io.StringIO(pynn_command("predict", "plane", "plane.csv", folder=tmp_path).stdout))
    assert header == ["height"]
    assert np.array_equal(np.array(rows, float)[:, 0], pynn.load(tmp_path / "plane").predict(X))
    assert pynn_command("predict", "plane", "plane.csv", "--proba", folder=tmp_path).returncode == 2
    assert pynn_command("evaluate", "plane", "two.csv", folder=tmp_path).returncode == 2


def test_networks_saved_from_python(tmp_path):
    """Without names: columns by their order, classes by their numbers; several labels; several values."""
    X, K = np.random.default_rng(0).normal(size=(20, 3)), 2
    write(tmp_path / "X.csv", ["a", "b", "c"], X.tolist())
    write(tmp_path / "y.csv", ["a", "b", "c", "y"], [[*row, k % 2] for k, row in enumerate(X.tolist())])
    write(tmp_path / "t.csv", ["a", "b", "c", "y"], [[*row, "no"] for row in X.tolist()])
    for output, header in (("softmax", "prediction,P(0),P(1)"), ("sigmoid", "0,1,P(0),P(1)"), ("linear", "0,1")):
        net = pynn.Network([3, K], output=output, rng=0)
        net.save(tmp_path / "model")
        more = [] if output == "linear" else ["--proba"]
        lines = pynn_command("predict", "model", "X.csv", *more, folder=tmp_path).stdout.splitlines()
        assert lines[0] == header
        first = np.ravel(net.predict(X)[0])
        assert [float(cell) for cell in lines[1].split(",")[:len(first)]] == first.tolist()
    pynn.Network([3, 2], rng=0).save(tmp_path / "model")
    assert pynn_command("evaluate", "model", "y.csv", folder=tmp_path).stdout.startswith("rows 20, ")
    assert "got text" in pynn_command("evaluate", "model", "t.csv", folder=tmp_path).stderr


WRONG = [
    ("", "command"),
    ("fly", "fly"),
    ("train wine.csv", "--out"),
    ("train wine.csv --out m --target colour", "unknown column 'colour'"),
    ("train dates.csv --out m", "dates.csv, line 2, column 'day': expected numbers, True and False, or text, got dates"),
    ("train wine.csv --out wine.csv --target species", "--out: expected another file than the table, got wine.csv; nothing"),
    ("train missing.csv --out m --no-scale", "--no-scale: expected a table of numbers without missing cells"),
    ("train none.csv --out m", "none.csv"),
    ("train model.npz --out m", "model.npz is a ZIP archive"),
    ("train single.csv --out m", "at least two classes"),
    ("train wine.csv --out nowhere/m --target species", "--out: expected a file in an existing folder"),
    ("train wine.csv --out . --target species", "--out: expected a file"),
    ("train wine.csv --out m --target species --hidden 16,a", "--hidden: expected units such as 16,16, got '16,a'"),
    ("train wine.csv --out m --target species --hidden 16,0", "sizes[2]"),
    ("train wine.csv --out m --target species --hidden 9999999999", "sizes"),
    ("train wine.csv --out m --target species --epochs 0", "epochs"),
    ("train wine.csv --out m --target species --epochs many", "--epochs"),
    ("train wine.csv --out m --target species --batch-size 0", "batch_size"),
    ("train wine.csv --out m --target species --learning-rate nan", "learning_rate"),
    ("train wine.csv --out m --target species --optimizer lion", "--optimizer"),
    ("train wine.csv --out m --target species --activation softmax", "--activation"),
    ("train wine.csv --out m --target species --validation-split 1", "--validation-split"),
    ("train wine.csv --out m --target species --seed -1", "--seed"),
    ("predict none.npz wine.csv", "none.npz"),
    ("predict wine.csv wine.csv", "wine.csv cannot be loaded: File is not a zip file"),
    ("predict model.npz model.npz", "model.npz is a ZIP archive"),
    ("predict model.npz missing.csv", "has no column 'alcohol', "),
    ("predict model.npz wine.csv --out nowhere/p.csv", "--out: expected a file in an existing folder, got nowhere/p.csv"),
    ("predict model.npz wine.csv --unknown skip", "--unknown"),
    ("predict model.npz wine.csv --keep id", "--keep: wine.csv has no column 'id'; there are"),
    ("evaluate model.npz wine.csv --target colour", "colour"),
    ("evaluate model.npz wine.csv", "target: expected a column that is no feature, got 'proline'"),
    ("evaluate model.npz other.csv --target species", "unknown class 'merlot'; the model knows 'barberà', 'barolo', 'grig"),
    ("info wine.csv", "cannot be loaded"),
    ("info .", "folder"),
    ("export model.npz --to pickle --out m.pkl", "invalid choice: 'pickle'"),
    ("export model.npz --to onnx", "--out"),
    ("export model.npz --to numpy --out model.npz", "--out: expected another file than the model, got model.npz; nothing was"),
    ("export wine.csv --to c --out m.c", "wine.csv cannot be loaded"),
    ("export model.npz --to c --out nowhere/m.c", "nowhere"),
]


@pytest.mark.parametrize(("command", "message"), WRONG)
def test_bad_input_is_a_plain_message_and_exit_code_2(command, message, folder, capsys, monkeypatch):
    (folder / "missing.csv").write_text("a,b,c\n1,2,x\n1,,y\n")
    (folder / "dates.csv").write_text("day,b\n2020-01-02,x\n2020-01-03,y\n")
    (folder / "single.csv").write_text("a,b\n1,x\n2,x\n")
    wine = (folder / "wine.csv").read_text(encoding="utf-8")
    (folder / "other.csv").write_text(wine.replace("barolo", "merlot"), encoding="utf-8")
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as raised:
        cli.main(command.split())
    printed = capsys.readouterr()
    assert raised.value.code == 2
    assert printed.out == ""
    assert message in printed.err
    assert "\nusage: pynn" in f"\n{printed.err}"            # the line before says what was understood of the table
    assert not (folder / "m").exists()


def test_divergence_is_exit_code_1_and_writes_nothing(folder):
    done = pynn_command("train", "wine.csv", "--target", "species", "--optimizer", "sgd", "--learning-rate", "1e300",
                        "--out", "m", folder=folder)
    assert done.returncode == 1
    assert done.stderr.splitlines()[1].startswith("pynn: error: epoch 1: ")
    assert not (folder / "m").exists()


def test_a_warning_is_one_line(folder):
    done = pynn_command("train", "wine.csv", "--target", "species", "--learning-rate", "10", "--epochs", "2", "--seed", "0",
                        "--out", "warned", folder=folder)
    assert done.returncode == 0
    assert done.stderr.splitlines()[1].startswith("pynn: warning: epoch ")
    assert len(done.stderr.splitlines()) == 3


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_saves_the_model(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    fit = commands._fit

    def interrupted_fit(*arguments):
        # not before the fit: on a busy machine reading takes long
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        return fit(*arguments)

    monkeypatch.setattr(commands, "_fit", interrupted_fit)
    with pytest.raises(SystemExit) as raised:
        cli.main(["train", "wine.csv", "--target", "species", "--epochs", "99999999", "--out", "stopped"])
    assert raised.value.code == 1
    assert "interrupted after" in capsys.readouterr().err
    assert pynn.load("stopped").epoch > 0


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_a_closed_pipe_is_quiet(folder):
    with subprocess.Popen([sys.executable, "-P", "-m", "pynn", "predict", "model.npz", "wine.csv"], cwd=folder,
                          stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        child.stdout.close()
        assert child.stderr.read() == ""
    assert child.returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="a terminal as POSIX has them")
def test_a_progress_bar_on_a_terminal(folder):
    import pty
    import termios
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (30, 100))
    with subprocess.Popen([sys.executable, "-P", "-m", "pynn", "train", "wine.csv", "--target", "species", "--epochs", "30000",
                           "--out", "shown", "--json"], cwd=folder, stderr=theirs, stdout=subprocess.PIPE) as child:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:         # the other side is closed
                break
            if not more:
                break
            shown += more
        result = json.loads(child.stdout.read())
    os.close(ours)
    assert result["epochs"] == 30000
    assert b"epoch" in shown
    assert b"loss=" in shown


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == pynn.__version__


def test_numbers_as_names_of_classes(tmp_path):
    X, y = pynn.datasets.circles(200, rng=0)
    write(tmp_path / "survived.csv", ["a", "b", "survived"], [[*x, [10, 9][k]] for x, k in zip(X.tolist(), y, strict=True)])
    done = pynn_command("train", "survived.csv", "--classes", "--epochs", "300", "--seed", "0", "--out", "model",
                        folder=tmp_path)
    assert "2 classes" in done.stderr
    assert pynn.load(tmp_path / "model").label_names == ("9", "10")         # by value, not by text
    assert pynn_command("predict", "model", "survived.csv", folder=tmp_path).stdout.splitlines()[1] in ("9", "10")
    result = json.loads(pynn_command("evaluate", "model", "survived.csv", "--json", folder=tmp_path).stdout)
    assert result["accuracy"] > 0.9


SUNS = "".join(f"{k};{k % 7 / 2:.1f};{'red' if k % 7 > 3 else 'blue'}\n" for k in range(60))


def test_a_file_as_it_is(tmp_path, capsys, monkeypatch):
    """Semicolons and decimal commas, in UTF-16, gzipped, with an index, a trailing delimiter and an empty row."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{line};\n" for line in SUNS.replace(".", ",").splitlines())
    (tmp_path / "suns.gz").write_bytes(gzip.compress(f";mass;colour;\n{rows};;;\n".encode("utf-16")))
    cli.main(["train", "suns.gz", "--out", "m", "--epochs", "60", "--seed", "0"])
    said = capsys.readouterr().err.splitlines()
    assert said == ["pynn: suns.gz: the first column has no name, so it is an index; it is left out",
                    "pynn: suns.gz: the delimiter is a semicolon", "pynn: suns.gz: 1 row without values is skipped",
                    "pynn: suns.gz: numbers have a decimal comma",
                    "pynn: suns.gz: 60 rows; numbers: mass; target colour: 2 classes: blue, red",
                    "pynn: 60 rows of 1 features and 2 classes; wrote m"]
    net = pynn.load("m")
    assert net.feature_names == ("mass",)
    (tmp_path / "plain.csv").write_text("mass,colour\n3.5,red\n0.5,blue\n")
    cli.main(["evaluate", "m", "plain.csv", "--json"])
    assert json.loads(capsys.readouterr().out)["rows"] == 2
    (tmp_path / "latin.txt").write_bytes("größe|mass\n1|0,5\n".encode("latin-1"))
    cli.main(["predict", "m", "latin.txt", "--encoding", "latin-1", "--decimal", ",", "--delimiter", "|", "--out", "p"])
    assert (tmp_path / "p").read_text().splitlines() == ["prediction", "blue"]


def test_no_line_of_names(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suns.csv").write_text(SUNS)
    with pytest.raises(SystemExit):
        cli.main(["train", "suns.csv", "--out", "m"])
    assert "line 1 looks like data: the name '0' is a number" in capsys.readouterr().err
    cli.main(["train", "suns.csv", "--out", "m", "--no-header", "--epochs", "2"])
    assert pynn.load("m").feature_names == ("column 1", "column 2")
    cli.main(["predict", "m", "suns.csv", "--no-header", "--out", "p"])
    assert len((tmp_path / "p").read_text().splitlines()) == 61


def test_names_that_are_numbers(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "years.csv").write_text("2019,2020,2021\n1,2,3\n4,5,7\n6,7,9\n")
    cli.main(["train", "years.csv", "--out", "m", "--header", "--epochs", "2"])
    net = pynn.load("m")
    assert (net.feature_names, net.label_names) == (("2019", "2020"), ("2021",))
    capsys.readouterr()
    cli.main(["predict", "m", "years.csv", "--out", "p"])           # the model knows the names
    cli.main(["evaluate", "m", "years.csv", "--json"])
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["rows"] == 3


def test_chosen_and_dropped_columns(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("ring,mass,wing,note,k\nA,1,2,x y,u\nB,3,4,z,v\n")
    for options in (["--drop", "ring,note"], ["--features", "mass, wing"], ["--features", "note,mass,wing", "--drop", "note"]):
        cli.main(["train", "t.csv", "--out", "m", "--epochs", "1", *options])
        assert pynn.load("m").feature_names == ("mass", "wing")
    for options, message in ((["--drop", "rings"], "--drop: expected a feature of t.csv, got 'rings'; there are 'ring'"),
                             (["--features", "mass", "--drop", "mass"], "--drop: expected at least one other feature"),
                             (["--features", "mass,k"], "target: expected a column that is no feature, got 'k'")):
        with pytest.raises(SystemExit):
            cli.main(["train", "t.csv", "--out", "n", *options])
        assert message in capsys.readouterr().err
    assert not (tmp_path / "n").exists()


def test_only_tables_that_need_it_are_encoded(tmp_path, capsys, monkeypatch):
    """The others have a Standardizer, and can be exported."""
    monkeypatch.chdir(tmp_path)
    for rows, encoded in (("1,True,u\n2,False,v\n", False), (",True,u\n2,False,v\n3,True,v\n", True),
                          ("1,,u\n2,False,v\n", True), ("1,yes,u\n2,no,v\n", True)):
        (tmp_path / "t.csv").write_text(f"a,b,k\n{rows}")
        cli.main(["train", "t.csv", "--out", "m", "--epochs", "1"])
        net = pynn.load("m")
        assert (net.encoder is not None, net.standardizer is None) == (encoded, encoded)
        assert net.feature_names[0] == "a"
    cli.main(["predict", "m", "t.csv", "--out", "p"])


def test_names_with_commas(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text('"Stage, egg",mass,wing,k\n1,1,2,u\n2,3,4,v\n')
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "1", "--drop", '"Stage, egg", wing'])
    assert pynn.load("m").feature_names == ("mass",)


def test_columns_from_which_nothing_can_be_learned_are_named(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{k + 7},name {k},9,north,{k % 5},{k % 3}\n" for k in range(20))
    (tmp_path / "t.csv").write_text(f"id,who,year,part,mass,k\n{rows}")
    cli.main(["train", "t.csv", "--out", "m", "--epochs", "1"])
    said = capsys.readouterr().err.splitlines()[0]
    assert "; year, part: the same in every row, so nothing can be learned from it: --drop leaves it out; " in said
    assert "each text of who occurs once, so nothing can be learned from it: --drop leaves it out; id counts the rows" in said
    assert "mass counts" not in said
    assert "few rows share one" not in said
    cli.main(["train", "t.csv", "--target", "who", "--out", "m", "--epochs", "1"])
    assert "(so many that few rows share one: --target names another column)" in capsys.readouterr().err


def test_what_the_target_is_taken_for(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tables = {"two": "1,0\n2,1\n3,1\n", "three": "1,0\n2,1\n3,2\n", "text": "1,u\n2,v\n3,u\n",
              "bool": "1,True\n2,False\n3,True\n", "tenths": "1,0.1\n2,0.10\n3,0.9\n"}
    for name, rows in tables.items():
        (tmp_path / f"{name}.csv").write_text(f"a,k\n{rows}")
    for name, options, labels, said in (
            ("two", [], ("0", "1"), "target k: 2 classes: 0, 1 (--values takes the numbers for values)"),
            ("two", ["--values"], ("k",), "target k: values (--classes takes the numbers for names of classes)"),
            ("three", [], ("k",), "target k: values (--classes takes the numbers for names of classes)"),
            ("three", ["--classes"], ("0", "1", "2"), "target k: 3 classes: 0, 1, 2 (--values takes the numbers for values)"),
            ("text", [], ("u", "v"), "target k: 2 classes: u, v"),
            ("bool", [], ("False", "True"), "target k: 2 classes: False, True"),
            ("tenths", [], ("0.1", "0.9"), "target k: 2 classes: 0.1, 0.9 (--values takes the numbers for values)")):
        cli.main(["train", f"{name}.csv", "--out", "m", "--epochs", "1", *options])
        assert pynn.load("m").label_names == labels
        assert capsys.readouterr().err.splitlines()[0] == f"pynn: {name}.csv: 3 rows; numbers: a; {said}"


def test_classes_are_known_by_their_values(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("a,k\n" + "1,1.0\n0,0\n" * 20)
    (tmp_path / "b.csv").write_text("a,k\n1,1\n0,0.00\n1,1.0\n")
    (tmp_path / "c.csv").write_text("a,k\n1,1\n0,00\n")
    cli.main(["train", "a.csv", "--out", "m", "--classes", "--epochs", "100", "--learning-rate", "0.05"])
    assert pynn.load("m").label_names == ("0", "1.0")
    capsys.readouterr()
    cli.main(["evaluate", "m", "b.csv", "--json"])
    assert json.loads(capsys.readouterr().out)["accuracy"] == 1
    with pytest.raises(SystemExit):
        cli.main(["evaluate", "m", "c.csv"])
    assert "unknown class '00'; the model knows '0', '1.0'" in capsys.readouterr().err


COMMANDS = """
from pynn import cli
for command in ("train t.csv --out m --epochs 1", "info m", "info m --json", "evaluate m t.csv", "predict m t.csv --proba",
                "--help", "train --help", "evaluate --help", "evaluate m t.csv --target ŷ"):
    wanted = {"--help": 0, "ŷ": 2}.get(command.split()[-1])
    try:
        cli.main(command.split())
    except SystemExit as end:
        assert end.code == wanted, (command, end.code)
    else:
        assert wanted is None, command
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_no_command_fails_for_what_the_stream_cannot_show(tmp_path, encoding):
    (tmp_path / "t.csv").write_text("预测,ŷ,вид\n1,2,да\n2,1,нет\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-P", "-W", "error", "-c", COMMANDS], capture_output=True, cwd=tmp_path, check=False,
                          env=os.environ | {"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert b"inputs: ??, " in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="closes file descriptors")
def test_no_command_fails_where_both_streams_are_closed(folder):
    write(folder / "one.csv", ["x1", "x2"], [[1, 2]])
    pynn.Network([2, 3, 1], rng=0).save(folder / "one.npz")
    script = "import os, sys; os.close(1); os.close(2); os.execv(sys.executable, [sys.executable, '-m', 'pynn', *sys.argv[1:]])"
    for arguments, code in ((("info", "one.npz"), 0), (("predict", "one.npz", "one.csv"), 0), (("info", "none.npz"), 2)):
        done = subprocess.run([sys.executable, "-P", "-c", script, *arguments], cwd=folder, check=False)
        assert done.returncode == code, arguments


def test_prices_are_learnt_with_the_defaults(tmp_path):
    """300 houses: area and rooms to a price around 400 000.  R² of 100 other houses."""
    rng = np.random.default_rng(0)
    for name, m in (("houses.csv", 300), ("others.csv", 100)):
        area, rooms = rng.uniform(40, 250, m), rng.integers(1, 8, m)
        price = 50_000 + 2_000 * area + 15_000 * rooms + rng.normal(0, 10_000, m)
        np.savetxt(tmp_path / name, np.column_stack([area, rooms, price]), "%.2f", ",", header="area,rooms,price", comments="")
    done = pynn_command("train", "houses.csv", "--seed", "0", "--out", "model.npz", folder=tmp_path)
    assert done.returncode == 0
    assert "price is standardised, and so is the loss" in done.stderr
    done = pynn_command("evaluate", "model.npz", "others.csv", "--json", folder=tmp_path)
    assert "the loss is that of price standardised" in done.stderr
    found = json.loads(done.stdout)
    assert found["r2"] > 0.95
    assert 0 < found["loss"] < 0.05
    info = json.loads(pynn_command("info", "model.npz", "--json", folder=tmp_path).stdout)
    assert info["target_standardized"] is True
    predicted = pynn_command("predict", "model.npz", "others.csv", folder=tmp_path).stdout.split()
    assert predicted[0] == "price"
    assert 50_000 < min(map(float, predicted[1:])) < max(map(float, predicted[1:])) < 800_000
