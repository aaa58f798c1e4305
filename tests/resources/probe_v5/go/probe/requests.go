package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func seen(c context, _ given) response {
	sum := sha256.Sum256(c.Req.BodyBinary())
	return c.Res.Json(map[string]any{
		"method": c.Req.Method, "scheme": c.Req.Scheme, "host": c.Req.Host, "port": c.Req.Port, "path": c.Req.Path,
		"queryString": c.Req.QueryString, "url": c.Req.Url, "query": c.Req.Query, "headers": c.Req.Headers,
		"size": len(c.Req.BodyBinary()), "sha256": hex.EncodeToString(sum[:]),
	})
}

func body(c context, _ given) response {
	kind := "object"
	if _, ok := c.Req.Body().(string); ok {
		kind = "string"
	}
	return c.Res.Json(map[string]any{
		"kind": kind, "body": c.Req.Body(), "text": c.Req.BodyText(), "raw": c.Req.BodyRaw(),
	})
}

// child runs a command of the shell whose output is this function's own.
func child(command string) {
	shell := exec.Command("sh", "-c", command)
	shell.Stdout, shell.Stderr = os.Stdout, os.Stderr
	_ = shell.Run()
}

func logs(c context, g given) response {
	for _, each := range g.Prints {
		fmt.Println(each)
	}
	for _, each := range g.Logs {
		c.Log(each)
	}
	for _, each := range g.Errors {
		c.Error(each)
	}
	return c.Res.Text("logged")
}

func values(c context, _ given) response {
	c.Log("one", 2, true, "naïve 🎉")
	c.Log(map[string]any{"a": []any{1, "b"}}, []any{1, struct {
		C *int `json:"c"`
	}{}})
	c.Error(fmt.Errorf("logged: %w", errors.New("the cause")))
	return c.Res.Text("logged")
}

func prints(c context, _ given) response {
	fmt.Println("printed 1")
	c.Log("logged 2")
	fmt.Fprintln(os.Stderr, "printed 3")
	fmt.Print("printed 4\nprinted 5\n")
	return c.Res.Text("printed")
}

func flood(c context, g given) response {
	entry := strings.Repeat("é", g.Characters)
	for n := 0; n < g.Entries; n++ {
		if g.How == "print" {
			fmt.Println(entry)
		} else {
			c.Log(entry)
		}
	}
	return c.Res.Text("logged")
}

// mixed logs by the API, by print and by child processes, with sleeps between.
func mixed(c context, g given) response {
	for line := 0; line < g.Lines; line++ {
		c.Log(fmt.Sprintf("%s log %d", g.Name, line))
		time.Sleep(time.Duration(line%3) * time.Millisecond) // so that requests take turns
		fmt.Printf("%s print %d\n", g.Name, line)
		if line%10 == 0 {
			child(fmt.Sprintf(`for n in 0 1 2 3 4 5 6 7 8 9; do echo "%s child $((%d + n))"; done`, g.Name, line))
		}
		c.Error(fmt.Sprintf("%s error %d", g.Name, line))
	}
	return c.Res.Text(g.Name)
}
