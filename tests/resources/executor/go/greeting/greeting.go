package greeting

const Text = "hello"
