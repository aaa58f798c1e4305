"""What is typed after ``./dev``: read kindly, explained, completed. invoke stays the engine of tasks."""
