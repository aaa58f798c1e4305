let other = 5
