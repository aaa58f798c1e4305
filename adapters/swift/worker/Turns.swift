import Dispatch

/// Threads take turns at what only one may do at a time: here, reading the connection. Who has read a request lets another
/// thread read, and then runs the request itself. So no thread is started for it, and it waits for no other one.
final class Turns: @unchecked Sendable {
    private let changing = Lock()
    private var isTaken = false
    /// Whether a thread was called or started that is not here yet. It finds what there is to do, so one is enough. The first
    /// one is to be started now.
    private var isOneComing = true
    /// The bells of those that sleep: the last one is called first, whose stack is still in the caches.
    private var idle: [DispatchSemaphore] = []
    private let mostIdle: Int

    init(mostIdle: Int) {
        self.mostIdle = mostIdle
    }

    /// What a thread that was started does first.
    func arrive() {
        changing.held { isOneComing = false }
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

    /// Ends the turn and calls the next thread. False if there is none, so that one must be started.
    func pass() -> Bool {
        let (isOneComing, bell) = changing.held {
            isTaken = false
            defer { self.isOneComing = true }
            return (self.isOneComing, self.isOneComing ? nil : idle.popLast())
        }
        bell?.signal()
        return isOneComing || bell != nil
    }
}
