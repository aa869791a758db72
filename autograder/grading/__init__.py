"""Run a submission and grade it."""
