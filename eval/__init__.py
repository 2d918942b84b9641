"""The evaluation: cases, metrics, rivals, gate and report. Import by name: ``eval`` is also a builtin."""
