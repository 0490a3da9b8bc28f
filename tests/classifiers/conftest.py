"""Tests of training are collected only where its extra is installed; a skip would count as a missing part."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") and find_spec("transformers") else ["test_gate.py", "test_training.py"]
