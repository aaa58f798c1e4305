"""GitHub Actions: outputs of steps, step summaries, pull requests, workflow files."""
