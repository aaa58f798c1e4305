package handler

type Request struct{ Payload string }
type Response struct{}

func Main(req Request, res Response) Response { return res }
