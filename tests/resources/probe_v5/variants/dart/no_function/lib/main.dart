final main = 5;
