val main = "main(Request, Response)"
