-- What it calls main cannot be called.
main = "no function"
