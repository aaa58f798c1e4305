package logbook

import (
	"context"
	"io"
	"log/slog"
	"strings"
)

// container is the container's log, where files cannot be written, or nobody reads them. Each entry is written at once.
type container struct {
	streams [2]io.Writer
	log     *slog.Logger // takes the entries, if the log is to be JSON
}

// Container returns a folder whose entries go to the container's log instead: to stdout and stderr, each line behind the
// id of its request, or to a logger if there is one.
func Container(stdout, stderr io.Writer, log *slog.Logger) *Folder {
	return &Folder{container: &container{streams: [2]io.Writer{stdout, stderr}, log: log}}
}

// write writes one entry as a whole. If nobody reads, it is lost, and the request goes on (V17).
func (c *container) write(s Stream, id, request, text string) {
	if c.log == nil {
		prefix := "[" + id + "] "
		_, _ = io.WriteString(c.streams[s], prefix+strings.ReplaceAll(text, "\n", "\n"+prefix)+"\n")
		return
	}
	level := [...]slog.Level{slog.LevelInfo, slog.LevelError}[s]
	attributes := make([]slog.Attr, 0, 3)
	if request != "" {
		attributes = append(attributes, slog.String("request_id", request))
	}
	attributes = append(attributes, slog.String("log_id", id), slog.String("text", text))
	c.log.LogAttrs(context.Background(), level, "log", attributes...)
}
