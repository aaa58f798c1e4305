return { text = "hello" }
