package worker

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"unicode/utf8"
)

// ownPackage is the beginning of the names of this package's functions.
var ownPackage = reflect.TypeOf(wire{}).PkgPath() + "."

// textLimit, in bytes, leaves room for the stack trace in the 8 KiB of a message (contract E2).
const textLimit = 4000

// frameLimit is the most stack frames shown.
const frameLimit = 30

// describePanic says what was thrown and where, innermost frame first. It must be called by the deferred function
// that recovered it, while the stack of the panic is still there.
func describePanic(thrown interface{}) string {
	var text string
	switch value := thrown.(type) {
	case string:
		text = value
	case runtime.Error:
		// panic(nil) reads the same in every version: Go 1.27 has put two words before it.
		text = strings.Replace(value.Error(), "runtime error: panic called with nil", "panic called with nil", 1)
	default:
		text = fmt.Sprintf("%T: %v", value, value)
	}
	return "panic: " + shorten(text) + userFrames()
}

// shorten cuts a text between characters.
func shorten(text string) string {
	if len(text) <= textLimit {
		return text
	}
	end := textLimit
	for end > textLimit-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// folder is the function's, in which the gateway starts the worker.
var folder = func() string {
	folder, _ := os.Getwd()
	return folder + "/"
}()

// builtIn is the folder in which it was compiled.
var builtIn = folder

// userFrames lists the frames of the function's own files.
func userFrames() string {
	counters := make([]uintptr, 256)
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters)])
	var lines strings.Builder
	for shown, more := 0, true; more && shown < frameLimit; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if strings.HasPrefix(frame.File, builtIn) && !strings.HasPrefix(frame.Function, ownPackage) {
			file := folder + frame.File[len(builtIn):]
			fmt.Fprintf(&lines, "\n    at %s (%s:%d)", shortName(frame.Function), file, frame.Line)
			shown++
		}
	}
	return lines.String()
}

// shortName is a function's name without the path of its package: "function.Main".
func shortName(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}
