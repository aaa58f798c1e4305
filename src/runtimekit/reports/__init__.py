"""Results → files (JSON, JUnit) and back."""
