package failure

import (
	"strings"
	"testing"
)

func TestMessagesAreCutBetweenCharacters(t *testing.T) {
	for message, want := range map[string]string{
		"a\xffb":                              "a\uFFFDb",
		"x" + strings.Repeat("é", MaxMessage): "x" + strings.Repeat("é", (MaxMessage-1)/2),
	} {
		if got := cleanMessage(message); got != want {
			t.Errorf("got %q", Clip(got))
		}
	}
}
