main = 5
