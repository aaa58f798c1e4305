#include "textflag.h"

// The handler of the stop signals: writes the siginfo, which is in RSI, into a pipe.
// It runs on any thread, whatever Go is doing there, and touches nothing of Go's.
TEXT ·stopHandler(SB), NOSPLIT|NOFRAME, $0
	MOVQ ·stopPipe(SB), DI
	MOVQ $128, DX
	MOVQ $1, AX // write
	SYSCALL
	RET

TEXT ·stopRestorer(SB), NOSPLIT|NOFRAME, $0
	MOVQ $15, AX // rt_sigreturn
	SYSCALL
	INT  $3

TEXT ·stopAddresses(SB), NOSPLIT, $0-16
	MOVQ $·stopHandler(SB), AX
	MOVQ AX, handler+0(FP)
	MOVQ $·stopRestorer(SB), AX
	MOVQ AX, restorer+8(FP)
	RET
