# Never finishes being loaded.
1 while 1;
