package handler

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/open-runtimes/types-for-go/v4/openruntimes"
)

func call(body string) openruntimes.Response {
	context := openruntimes.Context{}
	context.Req.Method, context.Req.Path = "POST", "/"
	context.Req.Headers = map[string]string{"user-agent": "test"}
	context.Req.SetBodyBinary([]byte(body))
	return Main(context)
}

func TestGreetsWhoeverIsNamed(t *testing.T) {
	t.Setenv("GREETING", "Good day")
	answer := call(`{"name": "you"}`)
	expected := map[string]string{"message": "Good day, you!", "client": "test"}
	var value map[string]string
	if err := json.Unmarshal(answer.Body, &value); err != nil || answer.StatusCode != 200 || !reflect.DeepEqual(value, expected) {
		t.Errorf("got %d %s", answer.StatusCode, answer.Body)
	}
}

func TestRefusesWhatIsNoObject(t *testing.T) {
	for _, body := range []string{"no JSON", "[1]", "null"} {
		if answer := call(body); answer.StatusCode != 400 {
			t.Errorf("%s: got %d %s", body, answer.StatusCode, answer.Body)
		}
	}
}
