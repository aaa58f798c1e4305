# Ends the process while it is loaded.
System.halt(7)
