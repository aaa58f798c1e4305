#include "textflag.h"

// The handler of the stop signals: writes the siginfo, which is in R1, into a pipe.
// It runs on any thread, whatever Go is doing there, and touches nothing of Go's.
TEXT ·stopHandler(SB), NOSPLIT|NOFRAME, $0
	MOVD ·stopPipe(SB), R0
	MOVD $128, R2
	MOVD $64, R8 // write
	SVC
	RET

TEXT ·stopRestorer(SB), NOSPLIT|NOFRAME, $0
	MOVD $139, R8 // rt_sigreturn
	SVC
	BRK

TEXT ·stopAddresses(SB), NOSPLIT, $0-16
	MOVD $·stopHandler(SB), R0
	MOVD R0, handler+0(FP)
	MOVD $·stopRestorer(SB), R0
	MOVD R0, restorer+8(FP)
	RET
