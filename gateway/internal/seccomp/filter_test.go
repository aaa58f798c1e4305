package seccomp

import (
	"encoding/binary"
	"testing"
	"unsafe"
)

// seccompData is what the kernel shows a filter of a system call.
type seccompData struct {
	number, architecture uint32
	address              uint64
	arguments            [6]uint64
}

// run is what the kernel does with a filter.
func decide(t *testing.T, filter []instruction, data *seccompData) uint32 {
	t.Helper()
	raw := unsafe.Slice((*byte)(unsafe.Pointer(data)), unsafe.Sizeof(*data))
	var word uint32
	for i := 0; i < len(filter); i++ {
		switch in := filter[i]; in.code {
		case loadWord:
			word = binary.LittleEndian.Uint32(raw[in.immediate:])
		case maskWord:
			word &= in.immediate
		case ifEqual:
			if word == in.immediate {
				i += int(in.yes)
			} else {
				i += int(in.no)
			}
		case returnValue:
			return in.immediate
		}
	}
	t.Fatal("the filter has no end")
	return 0
}

func TestFilterKnowsEveryInterface(t *testing.T) {
	filter := workerFilter()
	const high = 1 << 32 // the kernel does not see it where it expects a process
	for _, n := range interfaces {
		calls := map[[4]uint64]bool{ // number and arguments, and whether that is allowed
			{uint64(n.limits), 0, 7, 99}:         true,
			{uint64(n.limits), high, 7, 99}:      true,
			{uint64(n.limits), 1, 7, 99}:         false,
			{uint64(n.limits), 1, 7, high}:       false,
			{uint64(n.limits), 1, 7, 0}:          true,
			{uint64(n.priority), 0, 0, 5}:        true,
			{uint64(n.priority), 1, 0, 5}:        true,
			{uint64(n.priority), 0, 1, 5}:        false,
			{uint64(n.priority), 1, 1, 5}:        false,
			{uint64(n.priority), 2, 0, 5}:        false,
			{uint64(n.priority), high + 2, 0, 5}: false,
			{uint64(n.ioPriority), 1, 0, 5}:      true,
			{uint64(n.ioPriority), 1, 9, 5}:      false,
			{uint64(n.ioPriority), 2, 0, 5}:      true,
			{uint64(n.ioPriority), 3, 0, 5}:      false,
			{4, 1, 1, 1}:                         true,
		}
		for _, number := range n.scheduling {
			calls[[4]uint64{uint64(number), 0, 8, 9}] = true
			calls[[4]uint64{uint64(number), 5, 8, 9}] = false
		}
		for call, allowed := range calls {
			data := &seccompData{uint32(call[0]), n.architecture, 0, [6]uint64{call[1], call[2], call[3]}}
			want := uint32(deny)
			if allowed {
				want = allow
			}
			if got := decide(t, filter, data); got != want {
				t.Errorf("on %#x %v: %#x", n.architecture, call, got)
			}
			if data.number |= x32; n.architecture == interfaces[0].architecture && decide(t, filter, data) != want {
				t.Errorf("x32 %v: not %#x", call, want)
			}
		}
	}
	if decide(t, filter, &seccompData{number: 302, architecture: 0x80000016}) != deny {
		t.Error("an unknown interface is allowed")
	}
}
