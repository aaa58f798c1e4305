our $main = 5;
