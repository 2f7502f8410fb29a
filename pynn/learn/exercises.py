"""All exercises of the workbook, in the article's order."""
from __future__ import annotations

from pynn.learn import backward_exercises, forward_exercises, training_exercises

EXERCISES = {exercise.name: exercise for exercise in (
    forward_exercises.neuron,
    forward_exercises.layer_forward,
    forward_exercises.relu,
    forward_exercises.relu_prime,
    forward_exercises.sigmoid,
    forward_exercises.sigmoid_prime,
    forward_exercises.forward,
    backward_exercises.binary_cross_entropy,
    backward_exercises.loss_derivative,
    backward_exercises.layer_backward,
    backward_exercises.backward,
    backward_exercises.descend,
    training_exercises.initialize,
    training_exercises.train)}
