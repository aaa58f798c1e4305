package seccomp

import "syscall"

// instruction is one instruction of a filter: the kernel's struct sock_filter.
type instruction struct {
	code      uint16
	yes, no   uint8 // how many instructions a comparison skips
	immediate uint32
}

const (
	loadWord    = 0x20 // BPF_LD | BPF_W | BPF_ABS, of struct seccomp_data
	maskWord    = 0x54 // BPF_ALU | BPF_AND | BPF_K
	ifEqual     = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
	returnValue = 0x06 // BPF_RET | BPF_K

	callNumber    = 0 // offsets in struct seccomp_data, whose words are little-endian
	callInterface = 4
	callArguments = 16

	allow = 0x7fff0000                         // SECCOMP_RET_ALLOW
	deny  = 0x00050000 | uint32(syscall.EPERM) // SECCOMP_RET_ERRNO
	x32   = 0x40000000                         // x32 has the system call numbers of x86-64, with this bit set

	everyProcessOfUser   = 2 // PRIO_USER of setpriority(2)
	everyIOProcessOfUser = 3 // IOPRIO_WHO_USER of ioprio_set(2)
)

// callNumbers are the numbers of the system calls that change another process, in one of the kernel's interfaces.
type callNumbers struct {
	architecture         uint32    // AUDIT_ARCH_*
	limits               uint32    // prlimit64
	scheduling           [4]uint32 // sched_setparam, sched_setscheduler, sched_setaffinity, sched_setattr
	priority, ioPriority uint32    // setpriority, ioprio_set
}

// interfaces are all that exist on amd64 and arm64. A 64-bit program may use the 32-bit one at any time.
var interfaces = []callNumbers{
	{0xc000003e, 302, [...]uint32{142, 144, 203, 314}, 141, 251}, // x86-64 and x32
	{0x40000003, 340, [...]uint32{154, 156, 241, 351}, 97, 289},  // i386
	{0xc00000b7, 261, [...]uint32{118, 119, 122, 274}, 140, 30},  // arm64
	{0x40000028, 369, [...]uint32{154, 156, 241, 380}, 97, 314},  // arm
}

// workerFilter returns a filter that refuses to change the limits, scheduling and priority of other processes. The
// kernel allows that for all processes of the same user, and user code could stop or starve the gateway with it. A
// process may change itself, as process 0 or group 0, and read the limits of others. It may not change itself by its
// own number: a filter knows neither the number of its caller nor those of the gateway's threads, which come and go.
func workerFilter() []instruction {
	filter := []instruction{{loadWord, 0, 0, callInterface}}
	for _, numbers := range interfaces {
		part := numbers.filter()
		filter = append(filter, instruction{ifEqual, 0, uint8(len(part)), numbers.architecture})
		filter = append(filter, part...)
	}
	return append(filter, instruction{returnValue, 0, 0, deny}) // an interface that such processors do not have
}

// filter returns the part of the filter for one interface.
func (n *callNumbers) filter() []instruction {
	part := []instruction{{loadWord, 0, 0, callNumber}, {maskWord, 0, 0, ^uint32(x32)}}
	rule := func(number uint32, body []instruction) {
		part = append(part, instruction{ifEqual, 0, uint8(len(body)), number})
		part = append(part, body...)
	}
	rule(n.limits, []instruction{
		loadArgument(0), {ifEqual, 4, 0, 0}, // itself
		loadArgument(2), {ifEqual, 0, 3, 0}, // no new limit, in both halves of the pointer
		{loadWord, 0, 0, callArguments + 2*8 + 4}, {ifEqual, 0, 1, 0},
		{returnValue, 0, 0, allow}, {returnValue, 0, 0, deny},
	})
	for _, number := range n.scheduling {
		rule(number, []instruction{
			loadArgument(0), {ifEqual, 0, 1, 0}, {returnValue, 0, 0, allow}, {returnValue, 0, 0, deny},
		})
	}
	group := func(user uint32) []instruction {
		return []instruction{
			loadArgument(0), {ifEqual, 3, 0, user},
			loadArgument(1), {ifEqual, 0, 1, 0},
			{returnValue, 0, 0, allow}, {returnValue, 0, 0, deny},
		}
	}
	rule(n.priority, group(everyProcessOfUser))
	rule(n.ioPriority, group(everyIOProcessOfUser))
	return append(part, instruction{returnValue, 0, 0, allow})
}

// loadArgument loads the low half of an argument. The kernel ignores the high half of the numbers that it expects here.
func loadArgument(n uint32) instruction { return instruction{loadWord, 0, 0, callArguments + n*8} }
