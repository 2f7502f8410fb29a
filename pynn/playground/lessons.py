"""The settings of the lessons: what a reader of a lesson finds when the playground opens with it, and what to try there."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pynn.playground.arguments import REQUIRED, arguments, whole
from pynn.playground.choices import Json
from pynn.playground.settings import check_setting

if TYPE_CHECKING:
    from pynn.playground.session import Session


class Lesson(NamedTuple):
    """A setting, as a part of one, and a sentence or two on what to try."""

    title: str
    setting: Json
    task: str


def _net(hidden: list[int], activation: str = "relu", **more: Any) -> Json:
    return {"hidden": hidden, "activations": [activation] * len(hidden), **more}


LESSONS = (
    Lesson("One neuron", {"data": {"name": "blobs", "centers": 2, "spread": 0.6, "examples": 200}, "network": _net([])},
           "Click a weight and type another number: how does the border between the two colours move? What does the bias do?"),
    Lesson("A layer, and many examples at once", {"network": _net([3])},
           "Look at the maps of the three units. Each folds the plane along one line. Add a unit, remove a unit."),
    Lesson("Activations, and why they are needed", {"network": _net([4, 4], "linear")},
           "Train. Then choose tanh for both layers and train on: what can the network do now?"),
    Lesson("How wrong? Loss functions", {"data": {"noise": 0.3}},
           "Train for 100 epochs. Then choose mean squared error, restart from the same weights, and compare the curves."),
    Lesson("Slopes", {"data": {"name": "moons", "examples": 100}, "network": _net([2], "tanh")},
           "Show the gradients. Add 0.01 to the weight with the largest one: does the loss change by 0.01 times the gradient?"),
    Lesson("Gradient descent, and the learning rate", {"training": {"learning_rate": 0.01, "batch_size": None}},
           "Compare the learning rates 0.01, 0.1, 1 and 10 from the same start. Which crawls, which learns, which diverges?"),
    Lesson("Backpropagation, by hand and checked", {"data": {"name": "xor", "examples": 20}, "network": _net([2], "tanh")},
           "Press 'One step, slowly', and follow one example forward and back. Then hold all gradients against differences."),
    Lesson("How to start: initialisation and symmetry", {"network": _net([4, 6, 6, 4], initializer="zeros")},
           "Train: why does nothing happen? Ask 'Why not?'. Then choose he."),
    Lesson("The circles", {},
           "Play until the test accuracy is 99 %. Then go back on the timeline, and see how the border closed."),
    Lesson("Overfitting and regularisation",
           {"data": {"name": "moons", "examples": 60, "noise": 0.35, "test_share": 0.5}, "network": _net([32, 32]),
            "training": {"optimizer": "adam", "learning_rate": 0.01, "batch_size": 8}},
           "Train for 300 epochs and watch the loss of the test set. Then restart with l2 = 0.01, or with dropout 0.3."),
    Lesson("Optimisers", {"data": {"name": "spirals"}, "network": _net([16, 16], "tanh"), "training": {"learning_rate": 0.01}},
           "Compare sgd, rmsprop, adam and adamax from the same start."),
    Lesson("Mini-batches, and why they are shuffled", {"training": {"batch_size": 8}},
           "Go batch by batch, then example by example. Then compare batch sizes, and train without shuffling."),
    Lesson("Real data", {"data": {"name": "blobs", "spread": 0.9}, "network": _net([8])},
           "Drop a CSV file of your own on the page. Choose the target column, and look at the confusion matrix."),
    Lesson("How the Cython engine is fast", {"data": {"examples": 5000}, "network": _net([32, 32, 32])},
           "Play at full speed and read the epochs a second. Double the units of a layer: how does the pace change?"),
    Lesson("An activation of your own", {"data": {"name": "sine"}, "network": _net([8], "tanh")},
           "Compare activations. The shape of g shows in the curve: which ones draw it with corners?"),
    Lesson("Out into the world", {"data": {"name": "moons"}, "network": _net([8])},
           "Train, then export the network as C, and as a script that makes the same network."),
    Lesson("Look into a stranger", {"data": {"name": "spirals", "classes": 3}, "network": _net([16, 16])},
           "Open a model file of your own, or call pynn.play(net, X, y), and ask 'Why not?'."),
)


def describe() -> list[Json]:
    """As the page gets them."""
    return [{"number": number, "title": one.title, "task": one.task, "words": f"lesson.{number}"}
            for number, one in enumerate(LESSONS, start=1)]


def setting_of(number: int) -> Json:
    """The full setting of a lesson."""
    return check_setting(LESSONS[number - 1].setting)


def _lesson(session: Session, command: Json) -> None:
    number, = arguments(command, number=REQUIRED)
    open_lesson(session, whole(number, "number", 1, len(LESSONS)))


def open_lesson(session: Session, number: int) -> None:
    """Begin with the setting of a lesson."""
    session.reopen(setting_of(number))
    session.lesson, session.challenge = number, None


COMMANDS = {"lesson": _lesson}
