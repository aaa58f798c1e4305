package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"runtimekit/gateway/internal/testworker"
)

// bareServer is the environment variable that makes the test program the server without a gateway.
const bareServer = "GATEWAY_BENCHMARK_BARE"

// BenchmarkHop measures what the gateway adds to a request: TCP over loopback to the gateway, a Unix socket to a worker
// that does next to nothing, and back. "bare" is a server of one process, for comparison: the hop is the difference.
// It reports the median and the 99th percentile of a request, in µs (contract S1), and requests per second.
func BenchmarkHop(b *testing.B) {
	for _, server := range []string{"bare", "echo-serial", "echo-shared", "echo-at-once"} {
		for _, clients := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/clients=%d", server, clients), func(b *testing.B) {
				if server == "bare" {
					measure(b, startBare(b), clients, contractRequest)
				} else {
					measure(b, startGateway(b, server).ready().address, clients, contractRequest)
				}
			})
		}
	}
}

// contractRequest is a small request of the contract.
var contractRequest = rawRequest("Content-Length: 38\r\n", `{"payload":"x","env":{"ENV1":"hello"}}`)

// BenchmarkOpenHop is BenchmarkHop for the open-runtimes protocol, as its executors send requests.
func BenchmarkOpenHop(b *testing.B) {
	for _, server := range []string{"echo-serial", "echo-shared"} {
		for _, clients := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/clients=%d", server, clients), func(b *testing.B) {
				o := startOpen(b, server)
				o.do("")
				measure(b, o.address, clients, "GET /path?a=b HTTP/1.1\r\nHost: example.org\r\nX-Open-Runtimes-Secret: "+testSecret+
					"\r\nX-Open-Runtimes-Timeout: 15\r\nX-Open-Runtimes-Logging: enabled\r\n\r\n")
			})
		}
	}
}

// measure has clients send requests, each the next one as soon as it has an answer.
func measure(b *testing.B, address string, clients int, text string) {
	request := []byte(text)
	var left atomic.Int64
	left.Store(int64(b.N))
	times := make([][]time.Duration, clients)
	var warm, done sync.WaitGroup
	warm.Add(clients + 1)
	for i := range clients {
		done.Add(1)
		go func() {
			defer done.Done()
			conn, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				warm.Done()
				return
			}
			defer conn.Close()
			answer := make([]byte, 4<<10)
			call := func() bool {
				_, _ = conn.Write(request)
				n, err := conn.Read(answer) // a small answer comes in one piece
				if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 200")) {
					b.Errorf("got %q, %v", answer[:n], err)
					return false
				}
				return true
			}
			for range 100 { // until there are as many workers as clients
				call()
			}
			warm.Done()
			warm.Wait()
			for left.Add(-1) >= 0 {
				begin := time.Now()
				if !call() {
					return
				}
				times[i] = append(times[i], time.Since(begin))
			}
		}()
	}
	warm.Done()
	warm.Wait()
	b.ResetTimer()
	done.Wait()
	b.StopTimer()
	all := slices.Concat(times...)
	slices.Sort(all)
	if len(all) > 0 {
		b.ReportMetric(float64(all[len(all)/2].Nanoseconds())/1e3, "p50-µs")
		b.ReportMetric(float64(all[len(all)*99/100].Nanoseconds())/1e3, "p99-µs")
		b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "req/s")
	}
}

// startBare starts the server without a gateway and returns its address.
func startBare(b *testing.B) string {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(self)
	command.Env = append(os.Environ(), bareServer+"=1")
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	address, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// serveBare is that server.
func serveBare() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr())
	testworker.ServeBare(listener)
}
