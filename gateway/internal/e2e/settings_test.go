package e2e

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestVariablesThatMeanNothing(t *testing.T) {
	for _, variable := range []string{"RUNTIME_LOG=yes", "RUNTIME_METRICS=true", "PORT=http", "PORT=0", "PORT=65536"} {
		name, value, _ := strings.Cut(variable, "=")
		command := exec.Command(gatewayBinary, "/bin/true")
		command.Env = append(os.Environ(), "INTERNAL_RUNTIME_KEY="+testKey, variable)
		output, err := command.CombinedOutput()
		if command.ProcessState.ExitCode() != 78 || !bytes.Contains(output, []byte(name)) || !bytes.Contains(output, []byte(value)) || bytes.Count(output, []byte("\n")) != 1 {
			t.Errorf("O3 %s: %v %q", variable, err, output)
		}
	}
}

func TestAPlaceForEntriesThatIsNone(t *testing.T) {
	command := exec.Command(gatewayBinary, "--protocol", "open-runtimes", "--code", t.TempDir(), "/bin/true")
	command.Env = append(os.Environ(), "OPEN_RUNTIMES_SECRET=", "RUNTIME_LOGS=stdout")
	output, err := command.CombinedOutput()
	if want := "gateway: RUNTIME_LOGS is \"stdout\"; it must be files or container\n"; command.ProcessState.ExitCode() != 78 || string(output) != want {
		t.Errorf("V39: %v %q", err, output)
	}
}

func TestPortSaysWhereToListen(t *testing.T) {
	free, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	self, _ := os.Executable()
	// The port is taken: the gateway says so, and names it.
	command := exec.Command(gatewayBinary, "--code", functionFolder(t, "serial"), self)
	command.Env = append(os.Environ(), "INTERNAL_RUNTIME_KEY="+testKey, "PORT="+port)
	if output, _ := command.CombinedOutput(); command.ProcessState.ExitCode() != 69 || !bytes.Contains(output, []byte(":"+port)) {
		t.Errorf("O3: a port that is taken: %v %q", command.ProcessState, output)
	}
	_ = free.Close()
	wrap := []string{"env", "PORT=" + port}
	g := startListening(t, functionFolder(t, "serial"), wrap, nil, self)
	if !strings.HasSuffix(g.address, ":"+port) {
		t.Errorf("O3: listens on %s", g.address)
	}
	g.ready().alive()
	// --listen, which tests and people at a terminal use, wins.
	if g := startListening(t, functionFolder(t, "serial"), wrap, []string{"--listen", "127.0.0.1:0"}, self); strings.HasSuffix(g.address, ":"+port) {
		t.Errorf("O3: listens on %s", g.address)
	}
}

// With the open-runtimes protocol and no secret, a container is a plain HTTP service on $PORT.
func TestPlainServiceOnPort(t *testing.T) {
	free, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	_ = free.Close()
	self, _ := os.Executable()
	o := &open{logs: t.TempDir(), timings: filepath.Join(t.TempDir(), "timings.txt"), headers: http.Header{}}
	wrap := openWrap("context", []string{"OPEN_RUNTIMES_SECRET=", "PORT=" + port})
	o.instance = startListening(t, functionFolder(t, "serial"), wrap, nil, o.options(self)...)
	if r := o.send("GET", "/any/path?a=b", "text hello", ""); r.status != 200 || r.body != "hello" || !strings.HasSuffix(o.address, ":"+port) {
		t.Errorf("O3, V6: %+v at %s", r, o.address)
	}
}

func TestHealthIsAskedFromTheCommandLine(t *testing.T) {
	ask := func(g *instance, options ...string) (int, string) {
		command := exec.Command(gatewayBinary, append([]string{"--health", "--listen", g.address}, options...)...)
		output, _ := command.CombinedOutput()
		return command.ProcessState.ExitCode(), string(output)
	}
	g := startGateway(t, "once")
	if r := g.do("x", ""); r.status != 500 {
		t.Fatalf("while it throws: %d", r.status)
	}
	if code, text := ask(g); code != 69 || !strings.Contains(text, "503") {
		t.Errorf("not loaded: %d %s", code, text)
	}
	if code, text := ask(startGateway(t, "serial").ready()); code != 0 || text != "" {
		t.Errorf("loaded: %d %s", code, text)
	}
	if code, text := ask(startOpen(t, "context").instance, "--protocol", "open-runtimes"); code != 0 || text != "" {
		t.Errorf("open-runtimes: %d %s", code, text)
	}
	_ = g.command.Process.Kill()
	<-g.exited
	if code, text := ask(g); code != 69 || !strings.Contains(text, "refused") {
		t.Errorf("nobody listens: %d %s", code, text)
	}
}

// A container with a read-only root file system and no other folder has /dev/shm.
func TestSocketsHaveAFolderWithoutTemporaryFiles(t *testing.T) {
	g := startWith(t, "serial", "TMPDIR=/nowhere").ready()
	g.alive()
	_ = g.command.Process.Signal(os.Interrupt)
	<-g.exited
	if code := g.command.ProcessState.ExitCode(); code != 0 {
		t.Errorf("ended with %d", code)
	}
}
