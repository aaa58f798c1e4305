// Package anything has the probe as a variable, in a module that does not say that it needs the types, with a go.sum.
package anything

import "openruntimes/handler/probe"

var Main = probe.Act
