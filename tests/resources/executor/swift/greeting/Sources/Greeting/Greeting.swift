public let text = "hello"
