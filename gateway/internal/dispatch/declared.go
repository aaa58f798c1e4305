package dispatch

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"runtimekit/gateway/internal/failure"
)

const (
	// declaration is the file beside a function that may say which protocol it is for.
	declaration = "runtime.toml"
	// maxDeclaration is how much of it is read, in bytes.
	maxDeclaration = 64 << 10
)

// protocols are the names of the protocols in that file.
var protocols = map[bool]string{false: "2021", true: "v5"}

// checkDeclared returns an error if the function is declared to be for the other protocol: none of its code runs then.
func (w *worker) checkDeclared(l *Launcher) error {
	declared, own := declaredProtocol(l.folder), protocols[l.context]
	if declared == "" || declared == own {
		return nil
	}
	f := failure.Newf(500, "%s says that the function is for protocol %s, but this server speaks %s: it calls functions with %s; use an image of the other protocol, or change that line",
		declaration, failure.Clip(declared), own, shapes[l.context])
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	w.refused = f
	return f
}

// declaredProtocol returns the protocol that the file beside a function names, "" if it names none. The file is a user's:
// no link is followed, nothing is waited for, and what cannot be read says nothing.
func declaredProtocol(folder string) string {
	file, err := os.OpenFile(filepath.Join(folder, declaration), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxDeclaration))
	if err != nil {
		return ""
	}
	for _, line := range strings.Split(string(text), "\n") {
		if name := protocolIn(line); name != "" {
			return name
		}
	}
	return ""
}

// protocolIn returns the value of a line `protocol = "…"` of TOML, "" for any other line.
func protocolIn(line string) string {
	key, value, found := strings.Cut(line, "=")
	if !found || strings.Trim(key, " \t\"'") != "protocol" {
		return ""
	}
	value = strings.TrimLeft(value, " \t")
	for _, quote := range []string{`"`, `'`} {
		if rest, quoted := strings.CutPrefix(value, quote); quoted {
			name, _, ended := strings.Cut(rest, quote)
			if ended {
				return name
			}
		}
	}
	return ""
}
