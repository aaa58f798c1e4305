package handler

import (
	"github.com/open-runtimes/types-for-go/v4/openruntimes"
	"openruntimes/handler/nowhere"
)

func Main(Context openruntimes.Context) openruntimes.Response { return nowhere.Answer(Context) }
