-- Ends the process while it is loaded.
os.exit(7)
