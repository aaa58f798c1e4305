// Go's own HTTP server with a bare handler: what the runtime is compared with.
package main

import (
	"encoding/json"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Payload string
			Env     map[string]string
		}
		if json.NewDecoder(r.Body).Decode(&request) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		body, _ := json.Marshal(map[string]string{
			"normal": "Hello World!", "env1": request.Env["ENV1"], "payload": request.Payload,
		})
		w.Write(body)
	})
	panic(http.ListenAndServe(":3000", nil))
}
