"""What GitHub Actions gives and takes: outputs, step summaries, pull requests, the workflow files."""
