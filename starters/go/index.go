package function

import "encoding/json"

// Main greets whoever is named in the payload.
func Main(req Request, res Response) Response {
	given := map[string]any{}
	if req.Payload != "" {
		if err := json.Unmarshal([]byte(req.Payload), &given); err != nil || given == nil {
			return res.JSON(map[string]string{"error": `send a JSON object, such as {"name": "you"}`}, 400)
		}
	}
	greeting := or(req.Env["GREETING"], "Hello")
	name, _ := given["name"].(string)
	return res.JSON(map[string]string{
		"message": greeting + ", " + or(name, "World") + "!",
		"client":  or(req.Headers["user-agent"], "unknown"),
	})
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}
