"""Files, processes, locks, retries: nothing here knows what this project is for."""
