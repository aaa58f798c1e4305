package function

import (
	"reflect"
	"testing"
)

func call(payload string, env map[string]string) Response {
	return Main(Request{Env: env, Headers: map[string]string{"user-agent": "test"}, Payload: payload}, Response{})
}

func TestGreetsWhoeverIsNamed(t *testing.T) {
	answer := call(`{"name": "you"}`, map[string]string{"GREETING": "Good day"})
	expected := map[string]string{"message": "Good day, you!", "client": "test"}
	if answer.status != 200 || !reflect.DeepEqual(answer.value, expected) {
		t.Errorf("got %v", answer)
	}
}

func TestRefusesWhatIsNoObject(t *testing.T) {
	for _, payload := range []string{"no JSON", "[1]"} {
		if answer := call(payload, nil); answer.status != 400 {
			t.Errorf("%s: got %v", payload, answer)
		}
	}
}
