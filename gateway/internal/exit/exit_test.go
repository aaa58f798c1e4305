package exit

import (
	"errors"
	"fmt"
	"testing"
)

func TestCodeIsThatOfTheWrappedError(t *testing.T) {
	cause := errors.New("no key")
	err := fmt.Errorf("the gateway cannot start: %w", With(Configuration, cause))
	if code := Code(err); code != Configuration || !errors.Is(err, cause) {
		t.Errorf("got %d for %v", code, err)
	}
	if code := Code(cause); code != Internal {
		t.Errorf("an error without a code ends with %d", code)
	}
}
