package function

import (
	"errors"
	"math"
	"os"
	"runtime"
	"strings"
)

type customError struct{}

func (customError) Error() string { return "custom text" }

type unprintable struct{}

func (unprintable) Error() string { panic("no text") }

// throw panics in the way that the kind names.
func throw(_ Request, res Response, o options) Response {
	res.Send("answered before the error")
	switch o.Kind {
	case "", "error":
		panic(errors.New(or(o.Text, "probe error")))
	case "first", "second":
		panicEither(o.Kind == "first")
	case "custom":
		panic(customError{})
	case "string":
		panic("a string")
	case "null":
		panic(nil)
	case "index":
		var empty []int
		_ = empty[len(os.Args)]
	case "nil_map":
		var missing map[string]string
		missing["key"] = "value"
	case "divide":
		_ = 1 / (len(o.Kind) - len("divide"))
	case "goexit":
		runtime.Goexit()
	case "goroutine":
		go panic("in a goroutine of its own")
		select {}
	case "recursion":
		_ = recurse(0)
	case "odd":
		panic("odd \xff\x00\u202e text")
	case "long":
		panic(strings.Repeat("x", 1_000_000))
	case "unprintable":
		panic(unprintable{})
	}
	panic("the probe knows no kind " + o.Kind)
}

// panicEither has two places that a compiler may take for one.
func panicEither(first bool) {
	if first {
		panic("side by side")
	}
	panic("side by side, too")
}

func recurse(depth int) int { return recurse(depth+1) + 1 }

// cycle is a value that holds itself.
type cycle struct{ Cycle *cycle }

func unserialisable(_ Request, res Response, o options) Response {
	circle := &cycle{}
	circle.Cycle = circle
	return res.JSON(map[string]any{
		"nan":      math.NaN(),
		"infinity": []float64{math.Inf(1)},
		"cycle":    circle,
		"function": unserialisable,
		"channel":  make(chan int),
	}[o.Kind])
}
