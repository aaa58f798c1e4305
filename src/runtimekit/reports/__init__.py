"""Write results to files (JSON, JUnit) and read them back."""
