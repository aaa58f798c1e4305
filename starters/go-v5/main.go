package handler

import (
	"os"

	"github.com/open-runtimes/types-for-go/v4/openruntimes"
)

// Main greets whoever is named in the body.
func Main(Context openruntimes.Context) openruntimes.Response {
	Context.Log("called with", Context.Req.Method, Context.Req.Path)
	given := map[string]any{}
	if Context.Req.BodyText() != "" {
		if err := Context.Req.BodyJson(&given); err != nil || given == nil {
			answer := map[string]string{"error": `send a JSON object, such as {"name": "you"}`}
			return Context.Res.Json(answer, Context.Res.WithStatusCode(400))
		}
	}
	name, _ := given["name"].(string)
	return Context.Res.Json(map[string]string{
		"message": or(os.Getenv("GREETING"), "Hello") + ", " + or(name, "World") + "!",
		"client":  or(Context.Req.Headers["user-agent"], "unknown"),
	})
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}
