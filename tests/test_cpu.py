"""Which build of the engine is imported."""
from __future__ import annotations

import os
import subprocess
import sys

import cnn_core


def reported(**environment):
    done = subprocess.run([sys.executable, "-P", "-c", "import cnn_core; print(cnn_core.instruction_set)"],
                          env={**os.environ, **environment}, capture_output=True, text=True)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_the_environment_chooses_the_instruction_set():
    assert reported(PYNN_INSTRUCTION_SET="") == cnn_core.instruction_sets[-1]
    for name in cnn_core.instruction_sets:
        assert reported(PYNN_INSTRUCTION_SET=name) == name
    message = reported(PYNN_INSTRUCTION_SET="avx1024")
    assert message.startswith("ImportError: PYNN_INSTRUCTION_SET: this CPU and build of pynn have baseline")
    assert message.endswith("got 'avx1024'")
