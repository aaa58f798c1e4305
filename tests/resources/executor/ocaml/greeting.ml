let text = "hello"
