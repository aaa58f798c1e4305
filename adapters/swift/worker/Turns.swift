import Dispatch

/// Threads take turns at what only one may do at a time: here, reading the connection. Who has read a request lets another
/// thread read, and then runs the request itself. So no thread is started for it, and it waits for no other one.
final class Turns: @unchecked Sendable {
    private let changing = Lock()
    private var isTaken = false
    /// How many threads were called or started that are not here yet.
    private var coming = 1
    /// How many are busy with what they have read.
    private var busy = 0
    /// The bells of those that sleep: the last one is called first, whose stack is still in the caches.
    private var idle: [DispatchSemaphore] = []
    private let mostIdle: Int

    init(mostIdle: Int) {
        self.mostIdle = mostIdle
    }

    /// One that was to be started is here, or could not be. Returns how many are still coming.
    @discardableResult
    func arrive() -> Int {
        changing.held {
            coming -= 1
            return coming
        }
    }

    /// Waits for this thread's turn, with a bell of its own. False if enough threads wait already, so that this one should
    /// end.
    func take(_ bell: DispatchSemaphore) -> Bool {
        while true {
            let answer: Bool? = changing.held {
                if !isTaken {
                    isTaken = true
                    return true
                }
                if idle.count == mostIdle { return false }
                idle.append(bell)
                return nil
            }
            if let answer { return answer }
            bell.wait()
            arrive()
        }
    }

    /// Ends the turn, because this thread is busy now, and calls others: one to wait for what comes, and if so much waits
    /// already, as many as are busy. So quick work wakes few, and of slow work much begins soon. Returns how many threads
    /// must be started, because none sleeps.
    func pass(_ waiting: Int) -> Int {
        let (missing, called) = changing.held {
            isTaken = false
            busy += 1
            let missing = max(0, min(max(1, waiting), busy) - coming)
            coming += missing
            let called = Array(idle.suffix(missing))
            idle.removeLast(called.count)
            return (missing, called)
        }
        for bell in called { bell.signal() }
        return missing - called.count
    }

    /// This thread is no longer busy.
    func finish() {
        changing.held { busy -= 1 }
    }
}
