package function

func Main(req Request, res Response) Response {
	return res.JSON(map[string]string{
		"normal":  "Hello World!",
		"env1":    req.Env["ENV1"],
		"payload": req.Payload,
	})
}
