package procfs

import (
	"bytes"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// loads is a file whose last word is what Newest returns. It stays open, because it is read for each call of a function.
var loads = sync.OnceValue(func() int {
	descriptor, err := syscall.Open("/proc/loadavg", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return descriptor
})

// Newest returns the number of the process or thread that was made last, 0 if that is not known. While it stays the
// same, nobody has made any.
func Newest() int {
	var room [128]byte
	n, err := syscall.Pread(loads(), room[:], 0)
	if err != nil {
		return 0
	}
	text := bytes.TrimSpace(room[:n])
	newest, _ := strconv.Atoi(string(text[bytes.LastIndexByte(text, ' ')+1:]))
	return newest
}

// File is what distinguishes an open file or pipe from all others.
type File struct{ Device, Inode uint64 }

// FileOf returns what a descriptor of this process is open for.
func FileOf(descriptor uintptr) (File, bool) {
	var s syscall.Stat_t
	if syscall.Fstat(int(descriptor), &s) != nil {
		return File{}, false
	}
	return File{s.Dev, s.Ino}, true
}

// Holders returns the processes that have one of the files open, but for those that are to be left out. A process whose
// files cannot be read counts as having none.
func Holders(files []File, out func(pid int) bool) map[int]bool {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	holders := map[int]bool{}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil && !out(pid) && hasOpen(pid, files) {
			holders[pid] = true
		}
	}
	return holders
}

func hasOpen(pid int, files []File) bool {
	folder := "/proc/" + strconv.Itoa(pid) + "/fd/"
	entries, err := os.ReadDir(folder)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		var s syscall.Stat_t
		if syscall.Stat(folder+entry.Name(), &s) != nil {
			continue
		}
		for _, file := range files {
			if (file == File{s.Dev, s.Ino}) {
				return true
			}
		}
	}
	return false
}
