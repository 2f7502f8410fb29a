"""pynn check: the score sheet of a student's file, its exit codes, and the ways to cheat that it refuses."""
from __future__ import annotations

import base64
import csv
import inspect
import json
import pickle
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from pynn.cli import main
from pynn.learn import grading, workbook
from pynn.learn.exercises import EXERCISES
from pynn.learn.score_sheet import check_file
from pynn.learn.wire import decode, encode

from . import test_workbook

RIGHT = """
import numpy as np


def neuron(w, b, x):
    return w @ x + b


def layer_forward(W, b, A_prev):
    return W @ A_prev + b


def relu(Z):
    return np.maximum(Z, 0)


def relu_prime(Z):
    return (Z > 0) * 1.0


def sigmoid_prime(Z):
    return sigmoid(Z) * sigmoid(-Z)


def binary_cross_entropy(Y, Y_hat):
    return -np.mean(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat))


def loss_derivative(Y, Y_hat):
    return (Y_hat - Y) / (Y_hat * (1 - Y_hat))
""" + "\n\n".join(inspect.getsource(getattr(test_workbook, name)) for name in (
    "stable_sigmoid", "own_forward", "own_backward", "own_descend", "own_layer_backward", "own_initialize", "own_train")) + """
sigmoid, forward, backward, descend = stable_sigmoid, own_forward, own_backward, own_descend
layer_backward, initialize, train = own_layer_backward, own_initialize, own_train
"""


@pytest.fixture
def scores_of(tmp_path):
    """Result and hints by exercise of a file with this text."""
    def scores(text, seed=1):
        path = tmp_path / "student.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        sheet = check_file(path, seed)
        return {score.verdict.exercise: (score.result, " ".join(score.verdict.hints)) for score in sheet.scores}
    return scores


# ------------------------------------------------------------------------------------------------------- the score sheet


@pytest.mark.slow
def test_right_functions_get_all_points(tmp_path):
    (tmp_path / "mine.py").write_text(RIGHT + "print('a line of my own')\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-W", "error", "-m", "pynn", "check", "mine.py", "--seed", "7"], cwd=tmp_path,
                          capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == workbook.exercises()
    assert all(line.endswith("1  right") for line in lines[:-1])
    assert lines[-1] == "14 of 14 points, seed 7"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_wrong_function_is_told_and_the_exit_code_is_1(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text("def neuron(w, b, x):\n    return w @ x\n", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["check", str(path), "--json"])
    assert stopped.value.code == 1
    sheet = json.loads(capsys.readouterr().out)
    assert (sheet["file"], sheet["ok"], sheet["points"], sheet["of"]) == (str(path), False, 0, 14)
    assert sheet["exercises"][0] == {"exercise": "neuron", "ok": False, "hints": ["z: the bias b is not added"],
                                     "result": "not yet", "points": 0}
    assert sheet["exercises"][1]["result"] == "missing"
    assert 0 <= sheet["seed"] < 1 << 32


@pytest.mark.parametrize(("arguments", "message"), [
    (["none.py"], "none.py"), (["mine.py", "--seed", "-1"], "seed: expected an int of at least 0, got -1"),
    (["mine.txt"], "a name in .py"), ([], "the following arguments are required: file")])
def test_a_bad_call_has_exit_code_2(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("mine.py", "mine.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["check", *arguments])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_the_inputs_depend_on_the_seed_alone(scores_of):
    text = "def relu(Z):\n    return Z.copy() * (Z > 0) + 0.5 * (Z > 0)\n"
    one, same, other = scores_of(text, seed=5), scores_of(text, seed=5), scores_of(text, seed=6)
    assert "the first at" in one["relu"][1]
    assert one == same
    assert one != other


def test_what_is_wrong_with_the_whole_file_is_said_once(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def relu(Z:\n", encoding="utf-8")
    text = str(check_file(path, 0))
    assert text.count("the file cannot be loaded: SyntaxError") == 1
    assert "line 1" in text
    assert text.endswith("0 of 14 points, seed 0")


@pytest.mark.slow
def test_functions_that_stop_run_on_or_need_much_memory(scores_of, monkeypatch):
    monkeypatch.setattr("pynn.learn.student.SECONDS", 1.0)
    found = scores_of("""
        import os, sys, time
        import numpy as np

        def neuron(w, b):
            return w

        def relu(Z):
            return Z / nothing

        def relu_prime(Z):
            while True:
                try:
                    time.sleep(0.01)
                except BaseException:
                    pass

        def sigmoid(Z):
            os.abort()

        def sigmoid_prime(Z):
            return np.ones((1 << 16, 1 << 16))

        def forward(W, b, X):
            endless = []
            endless.append(endless)
            return endless, endless

        def loss_derivative(Y, Y_hat):
            raise KeyboardInterrupt

        def descend(W, b, dW, db, learning_rate):
            sys.exit(0)

        def initialize(sizes, rng):
            return 10**400, object()
        """)
    assert "should take 3 arguments (w, b, x)" in found["neuron"][1]
    assert "NameError in line 9 of relu (return Z / nothing)" in found["relu"][1]
    assert "still ran" in found["relu_prime"][1]
    assert "the end of its process" in found["sigmoid"][1]
    if sys.platform == "linux":
        assert "MemoryError" in found["sigmoid_prime"][1]
    assert "KeyboardInterrupt" in found["loss_derivative"][1]
    assert "SystemExit" in found["descend"][1]
    assert {name: score for name, score in found.items() if score[0] not in ("not yet", "missing")} == {}


@pytest.mark.parametrize("value", [
    None, True, 3, -0.1, float("nan"), float("-inf"), "text", [1, [2.5, None]], (1, (2, [3])), np.float32(0.1),
    np.arange(6.0)[::2], np.zeros((2, 0)), np.array(7), np.array([True, False]),
    np.full((2, 2), np.nan, np.float32), np.asfortranarray(np.eye(3))],
    ids=repr)
def test_values_cross_unchanged(value):
    again = decode(json.loads(json.dumps(encode(value))))
    if hasattr(value, "dtype"):
        assert again.dtype == value.dtype
        assert again.tobytes() == np.asarray(value).tobytes()
        np.testing.assert_array_equal(again, value)
    else:
        assert repr(again) == repr(value)


def test_other_values_cross_as_their_type():
    for value in (object(), {1: 2}, 1j, 10**400, lambda: 1, np.array(["a"]), np.array([object()])):
        assert type(decode(encode(value))).__name__ == type(value).__name__
    for k, rng in enumerate(np.random.default_rng(3).spawn(2)):
        again = decode(json.loads(json.dumps(encode(rng))))
        assert again.random() == np.random.default_rng(3).spawn(2)[k].random()


# -------------------------------------------------------------------------------------------------------- ways to cheat


def remembered(name):
    """A function that has the answers of the workbook in a table, well hidden."""
    exercise = EXERCISES[name]
    table = {}
    for case in exercise.cases:
        inputs = exercise.inputs(case)
        table[repr(list(inputs.values()))] = exercise.solve(**inputs)[0]
    hidden = base64.b85encode(pickle.dumps(table)).decode()
    arguments = ", ".join(exercise.parameters)
    return (f"def {name}({arguments}):\n    import base64, pickle\n"
            f"    return pickle.loads(base64.b85decode({hidden!r})).get(repr([{arguments}]))\n\n\n")


def test_remembered_answers_are_recognised(scores_of):
    names = ["layer_forward", "sigmoid_prime", "binary_cross_entropy", "layer_backward", "backward", "descend"]
    W, b = test_workbook.own_train(*EXERCISES["train"].inputs(EXERCISES["train"].cases[0]).values())
    text = "".join(map(remembered, names)) + f"""
import numpy as np


def train(X, Y, sizes, rng):
    W, b = {[None if w is None else w.tolist() for w in W]}, {[None if part is None else part.tolist() for part in b]}
    return [None] + [np.array(w) + 1e-6 * rng.normal(size=np.shape(w)) for w in W[1:]], b
"""
    names_of: dict[str, object] = {}
    exec(text, names_of)
    assert all(workbook.check(name, names_of[name]).ok for name in names)       # the workbook alone does not find them
    found = scores_of(text)
    assert {name: found[name][0] for name in names} == dict.fromkeys(names, "refused")
    assert all("remembered" in found[name][1] for name in [*names, "train"])
    assert found["train"][0] == "not yet"


def test_calls_of_pynn_are_recognised(scores_of):
    found = scores_of("""
        import importlib, importlib.util, os, runpy, sys
        import numpy as np

        def neuron(w, b, x):
            import pynn
            return w @ x + b

        def layer_forward(W, b, A_prev):
            try:
                importlib.import_module("cnn_core")
            except Exception:
                pass
            return W @ A_prev + b

        def relu(Z):
            return __import__("pynn.reference").reference.relu(Z)

        def relu_prime(Z):
            exec("from pynn.reference import relu_prime", globals())

        def sigmoid(Z):
            import __main__
            __main__.PACKAGES = ()
            __main__._CLOSED.clear()
            return importlib.import_module("pynn.reference").sigmoid(Z)

        def sigmoid_prime(Z):
            folder = os.path.dirname(importlib.util.find_spec("pynn").origin)
            return runpy.run_path(os.path.join(folder, "reference.py"))["sigmoid_prime"](Z, Z)

        def forward(W, b, X):
            folder = os.path.dirname(importlib.util.find_spec("pynn").origin)
            spec = importlib.util.spec_from_file_location("other", os.path.join(folder, "reference.py"))
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.forward(W, b, X, ["relu"] * (len(W) - 2) + ["sigmoid"])

        class Lazy:
            def __array__(self, *arguments, **keywords):
                import pynn
                return pynn.reference.relu(self.Z)

        def binary_cross_entropy(Y, Y_hat):
            return np.vectorize(lambda y: __import__("pynn"))(Y)

        def loss_derivative(Y, Y_hat):
            import subprocess
            return subprocess.run([sys.executable, "-c", "import pynn"])

        def layer_backward(dA, Z, A_prev, W):
            import multiprocessing
            process = multiprocessing.get_context("spawn").Process(target=print)
            process.start()

        def backward(W, Z, A, Y):
            import subprocess
            subprocess._fork_exec([b"python"], [sys.executable.encode()], True, (), None, None, *[-1] * 8, False, False, 0,
                                  None, None, None, -1, None, True)

        def descend(W, b, dW, db, learning_rate):
            return Lazy(), Lazy()
        """)
    asked = {name for name, (result, _) in found.items() if result != "missing"}
    others = {"loss_derivative", "layer_backward", "backward"}
    assert {name for name in asked if found[name][0] == "refused"} == asked - others
    assert found["neuron"][1] == "it uses pynn (line 6); it should work without pynn"
    if sys.platform != "win32":
        assert all("may not start other programs" in found[name][1] for name in others)


def test_a_file_that_imports_pynn_is_told_how_to_go_on(scores_of):
    found = scores_of("import numpy as np\nimport pynn\n")
    assert {result for result, _ in found.values()} == {"refused"}
    assert "the file uses pynn (line 2)" in found["relu"][1]
    assert "if __name__ == '__main__'" in found["relu"][1]
    found = scores_of("def neuron(w, b, x):\n    return w @ x + b\n\n\nif __name__ == '__main__':\n    import pynn\n")
    assert found["neuron"] == ("right", "")


def test_the_process_knows_no_answers_and_does_not_judge(scores_of):
    """Frames, gc and modules have nothing; comparisons replaced, verdicts written and early exits change nothing."""
    found = scores_of("""
        import builtins, gc, json, os, sys, threading
        import numpy as np

        np.allclose = np.array_equal = np.isclose = lambda *arguments, **keywords: True
        json.loads = json.loads

        def neuron(w, b, x):
            frame = sys._getframe()
            while frame is not None:
                for names in (frame.f_locals, frame.f_globals):
                    for name, value in list(names.items()):
                        if name in ("exercise", "expected", "wanted", "solve", "EXERCISES"):
                            return value
                frame = frame.f_back

        def layer_forward(W, b, A_prev):
            for module in list(sys.modules.values()):
                for name in ("EXERCISES", "reference", "Verdict", "recognise"):
                    if hasattr(module, name):
                        return getattr(module, name)

        def relu(Z):
            return next(o for o in gc.get_objects() if type(o).__name__ == "Exercise").solve(Z)[0]

        def relu_prime(Z):
            frame = next(iter(sys._current_frames().values()))
            return frame.f_globals

        def sigmoid(Z):
            builtins.all = builtins.any = lambda values: True
            return np.zeros_like(Z)

        def sigmoid_prime(Z):
            class Equal(np.ndarray):
                __eq__ = __le__ = __ge__ = lambda self, other: True
            return np.zeros_like(Z).view(Equal)

        def forward(W, b, X):
            print(json.dumps({"ok": True, "points": 14}))
            os._exit(0)

        def binary_cross_entropy(Y, Y_hat):
            line = json.dumps({"ok": True, "value": True, "result": "right", "hints": [], "uses_of_pynn": []}) + "\\n"
            for number in range(1, 12):
                try:
                    os.write(number, line.encode())
                except OSError:
                    pass
            os._exit(0)

        def loss_derivative(Y, Y_hat):
            import wire
            wire.encode = lambda value: "right"

        def layer_backward(dA, Z, A_prev, W):
            sys.modules["attempt"].Attempt.failure = property(lambda self: None)
            sys.exit(0)
        """)
    assert {name: score for name, score in found.items() if score[0] not in ("not yet", "missing")} == {}
    assert "not its own" in found["relu"][1]
    assert "not its own" in found["relu_prime"][1]
    assert "the end of its process" in found["forward"][1]


@pytest.mark.slow
def test_replies_that_the_file_writes_itself_are_no_answers(scores_of):
    """Whatever it writes into the pipe, there is a verdict and no traceback."""
    replies = [1, [], {}, {"uses_of_pynn": 1}, {"uses_of_pynn": [], "failure": 3}, {"uses_of_pynn": [], "failure": {"kind": 1}},
               {"uses_of_pynn": [], "value": {"dtype": "O", "shape": [1], "data": ""}, "given": 7},
               {"uses_of_pynn": [], "value": {"dtype": "<f8", "shape": [10**30], "data": ""}},
               {"uses_of_pynn": [], "value": {"other": "a\0b"}}, {"uses_of_pynn": [], "value": {"seed": "x", "spawn_key": 2}}]
    names = workbook.exercises()[:len(replies)]
    functions = "\n\n".join(f"def {name}(*inputs):\n    write({json.dumps(json.dumps(reply))})"
                            for name, reply in zip(names, replies, strict=True))
    found = scores_of(f"""
import os


def write(line):
    for number in range(3, 12):
        try:
            os.write(number, (line + "\\n").encode())
        except OSError:
            pass
    os._exit(0)


{functions}
""")
    assert {found[name][0] for name in names} == {"not yet"}


def test_a_file_that_cannot_be_loaded_again(scores_of, tmp_path):
    found = scores_of(f"""
        import os
        seen = {str(tmp_path / "seen")!r}
        if os.path.exists(seen):
            os._exit(0)

        def neuron(w, b, x):
            open(seen, "w").close()
            os._exit(0)
        """)
    assert found["neuron"][0] == "not yet"


@pytest.mark.slow
def test_an_unlucky_draw_of_train_is_no_mistake(tmp_path):
    """A right train that fails in one call of three is right."""
    path = tmp_path / "student.py"
    path.write_text(RIGHT + textwrap.dedent("""
        calls = []


        def train(X, Y, sizes, rng):
            calls.append(1)
            return own_train(X, Y, sizes, rng) if len(calls) > 1 else own_initialize(sizes, rng)
        """), encoding="utf-8")
    assert check_file(path, 3).ok


def test_the_time_of_a_call_is_that_of_the_workbook():
    assert grading.SECONDS == 10


# ---------------------------------------------------------------------------------------------------- the teachers' page

PAGE = Path(__file__).parent.parent / "docs" / "teachers.md"


def code_of_the_page(word):
    """The block of Python on the teachers' page that has this word."""
    block, = [code for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL) if word in code]
    return block


@pytest.mark.slow
@pytest.mark.skipif(not PAGE.exists(), reason="away from the sources")
def test_a_class_list_becomes_a_table_of_scores(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ada.py").write_text("def neuron(w, b, x):\n    return w @ x + b\n", encoding="utf-8")
    (tmp_path / "blaise.py").write_text("def neuron(w, b, x):\n    import pynn\n", encoding="utf-8")
    (tmp_path / "class.csv").write_text("name,file\nAda,ada.py\nBlaise,blaise.py\nChiara,chiara.py\n", encoding="utf-8")
    exec(code_of_the_page("scores.csv"), {})
    with open(tmp_path / "scores.csv", encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert list(rows["Ada"]) == ["name", *workbook.exercises(), "points"]
    assert [(row["neuron"], row["relu"], row["points"]) for row in rows.values()] == [("1", "0", "1"), *[("0", "0", "0")] * 2]
    assert capsys.readouterr().out == "Blaise: look at neuron\n"


@pytest.mark.skipif(not PAGE.exists(), reason="away from the sources")
@pytest.mark.parametrize("word", ["verdict.ok", pytest.param("HIDDEN TESTS", marks=pytest.mark.slow)])
def test_the_cells_for_nbgrader(word, tmp_path, monkeypatch):
    """The tests pass with the page's solution, and say what is wrong with another one."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("right.py", code_of_the_page("BEGIN SOLUTION")),
                       ("wrong.py", "import numpy as np\n\n\ndef relu(Z):\n    return np.abs(Z)\n")):
        names: dict[str, object] = {}
        (tmp_path / name).write_text(text, encoding="utf-8")
        exec(compile(text, str(tmp_path / name), "exec"), names)
        if name == "right.py":
            exec(code_of_the_page(word), names)
        else:
            with pytest.raises(AssertionError, match="negative z lose only their sign"):
                exec(code_of_the_page(word), names)


@pytest.mark.skipif(not PAGE.exists(), reason="away from the sources")
def test_the_score_sheet_of_the_page(tmp_path):
    path = tmp_path / "ada.py"
    path.write_text("def neuron(w, b, x):\n    return w @ x + b\n\n\ndef layer_forward(W, b, A_prev):\n    return W @ A_prev\n",
                    encoding="utf-8")
    shown = PAGE.read_text(encoding="utf-8").partition("--seed 1\n")[2].partition("```")[0].splitlines()
    lines = str(check_file(path, 1)).splitlines()
    assert shown == [*lines[:len(shown) - 2], "...", lines[-1]]


@pytest.mark.skipif(not PAGE.exists(), reason="away from the sources")
def test_the_lecture_says_what_the_playground_has():
    from pynn.playground.lessons import LESSONS
    text = PAGE.read_text(encoding="utf-8").partition("## A lecture with the playground")[2].partition("\n## ")[0]
    assert re.findall(r"--lesson (\d+)", text) == ["8", "3", "6", "8"]
    assert LESSONS[2].setting["network"]["activations"] == ["linear", "linear"]
    assert "tanh" in LESSONS[2].task
    assert "0.01, 0.1, 1 and 10" in LESSONS[5].task
    assert LESSONS[7].setting["network"]["initializer"] == "zeros"
