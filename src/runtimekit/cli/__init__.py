"""The command line: invoke's tasks, their options, help and completion, and how errors become exit codes."""
