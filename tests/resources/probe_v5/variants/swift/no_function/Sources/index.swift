let main = 5
