# Never finishes being loaded.

loop {}
