"""The score sheet of a student's file: every exercise of the workbook, on fresh inputs."""
from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pynn.learn.attempt import Attempt
from pynn.learn.error_hints import describe_failure
from pynn.learn.exercises import EXERCISES
from pynn.learn.exercises.exercise import Exercise, Inputs
from pynn.learn.grading import grade, misfit_hint
from pynn.learn.student import Student
from pynn.learn.workbook import Verdict
from pynn.translation import Sentence, _
from pynn.writing import printable

_ROUNDS = 3                 # inputs that every function is called with, each in the sizes of all cases


@dataclass(frozen=True)
class Score:
    """What one exercise has got: `result` is right, not yet, missing or refused."""

    verdict: Verdict
    result: str

    @property
    def points(self) -> int:
        """1 if it is right."""
        return int(self.result == "right")

    def to_dict(self) -> dict[str, Any]:
        """The verdict with result and points."""
        return {**self.verdict.to_dict(), "result": self.result, "points": self.points}


@dataclass(frozen=True)
class ScoreSheet:
    """The scores of a file, and the seed from which the inputs were drawn."""

    file: str
    seed: int
    scores: tuple[Score, ...]

    @property
    def points(self) -> int:
        """The sum of the points."""
        return sum(score.points for score in self.scores)

    @property
    def ok(self) -> bool:
        """Whether every exercise is right."""
        return self.points == len(self.scores)

    def to_dict(self) -> dict[str, Any]:
        """The sheet for JSON."""
        return {"file": self.file, "seed": self.seed, "ok": self.ok, "points": self.points, "of": len(self.scores),
                "exercises": [score.to_dict() for score in self.scores]}

    def __str__(self) -> str:
        width = max(len(score.verdict.exercise) for score in self.scores)
        shared = self.scores[0].verdict.hints if len({score.verdict.hints for score in self.scores}) == 1 else ()
        results = {"right": _("right"), "not yet": _("not yet"), "missing": _("missing"), "refused": _("refused")}
        lines = list(shared)            # what is wrong with the file as a whole is said once
        for score in self.scores:
            lines.append(f"{score.verdict.exercise:{width}}  {score.points}  {results[score.result]}")
            lines += [f"{'':{width}}     - {hint}" for hint in score.verdict.hints if not shared]
        return printable("\n".join([*lines, _("{points} of {all} points, seed {seed}",
                                               points=self.points, all=len(self.scores), seed=self.seed)]))


def check_file(path: str | Path, seed: int | None = None) -> ScoreSheet:
    """Check the functions of a file, which runs in a process of its own.

    Parameters
    ----------
    path : str or Path
        A Python file with the functions of the workbook.
    seed : int or None
        The inputs are drawn from it; the same seed gives the same inputs.  None: a new one.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the seed is negative or the file's name does not end in .py.
    """
    if seed is None:
        seed = secrets.randbits(32)
    if seed < 0:
        raise ValueError(Sentence("seed: expected an int of at least 0, got {seed}", seed=seed))
    path = Path(path)
    if path.suffix != ".py":
        raise ValueError(Sentence("file: expected a Python file with a name in .py, got {path}", path=path))
    path.read_bytes()           # an error here is the caller's, later ones are the student's
    seeds = np.random.SeedSequence(seed).generate_state(_ROUNDS).tolist()
    with Student(path, EXERCISES.values()) as student:
        return ScoreSheet(str(path), seed, tuple(_score(exercise, student, seeds) for exercise in EXERCISES.values()))


def _place(where: str) -> str:
    """Where the file uses pynn, as student_process.py says it."""
    line = where.removeprefix("line ")
    return _("line {line}", line=line) if line != where else _("a line that is not in the file")


def _score(exercise: Exercise, student: Student, seeds: list[int]) -> Score:
    """The score of one exercise."""
    result, hints = _result(exercise, student, seeds)
    return Score(Verdict(exercise.name, hints, {}), result)


def _result(exercise: Exercise, student: Student, seeds: list[int]) -> tuple[str, tuple[str, ...]]:
    name = exercise.name
    if student.loading_used_pynn:
        return "refused", (_("the file uses pynn ({place}); it should work without pynn. Your own checks belong under "
                             "if __name__ == '__main__', and so does their import of pynn",
                             place=_place(student.loading_used_pynn)),)
    if student.failure is not None:
        return "not yet", (_("the file cannot be loaded: {failure}", failure=describe_failure(student.failure)),)
    if name not in student.functions:
        return "missing", (_("there is no function {signature} in the file", signature=exercise.signature),)
    if reason := student.functions[name]:
        return "not yet", (misfit_hint(exercise, reason),)

    attempts: list[Attempt] = []

    def trial(inputs: Inputs) -> Attempt:
        attempts.append(student.call(name, inputs))
        return attempts[-1]

    def hints_for(seed: int) -> tuple[str, ...]:
        return grade(exercise, trial, seed)[0]

    student.uses_of_pynn.clear()
    all_hints = []
    for seed in seeds:
        all_hints.append(hints_for(seed))
        if student.uses_of_pynn:
            return "refused", (_("it uses pynn ({place}); it should work without pynn", place=_place(student.uses_of_pynn[0])),)
        if bool(all_hints[-1]) != (exercise.judge is not None):     # wrong once is wrong; what is drawn may be unlucky
            break
    if not all_hints[-1]:
        return "right", ()
    if exercise.judge is None and not attempts[-1].timed_out and not hints_for(0):
        return "refused", (_("it is right for the inputs of the workbook and wrong for others: its answers are remembered"),)
    return "not yet", all_hints[0] if exercise.judge is not None else all_hints[-1]
