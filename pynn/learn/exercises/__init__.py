"""All exercises of the workbook, in the article's order."""
from __future__ import annotations

from pynn.learn.exercises import backward, forward, training

EXERCISES = {exercise.name: exercise for exercise in (
    forward.neuron,
    forward.layer_forward,
    forward.relu,
    forward.relu_prime,
    forward.sigmoid,
    forward.sigmoid_prime,
    forward.forward,
    backward.binary_cross_entropy,
    backward.loss_derivative,
    backward.layer_backward,
    backward.backward,
    backward.descend,
    training.initialize,
    training.train)}
