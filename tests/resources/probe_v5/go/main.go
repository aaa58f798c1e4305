// Package handler is the probe of the open-runtimes protocol.
package handler

import (
	"github.com/open-runtimes/types-for-go/v4/openruntimes"
	"openruntimes/handler/probe"
)

func Main(Context openruntimes.Context) openruntimes.Response { return probe.Act(Context) }
