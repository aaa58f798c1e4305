package function

import (
	"encoding/json"
	"fmt"
)

// Main says what GREETING says to whom the payload names.
func Main(req Request, res Response) Response {
	payload := struct{ Name string }{"World"}
	if req.Payload != "" {
		if err := json.Unmarshal([]byte(req.Payload), &payload); err != nil {
			panic(err)
		}
	}
	greeting, ok := req.Variables["GREETING"]
	if !ok {
		greeting = "Hello"
	}
	fmt.Println("greeting", payload.Name)
	return res.JSON(map[string]string{
		"message": greeting + ", " + payload.Name + "!", "client": req.Headers["user-agent"],
	})
}
