import Dispatch
import Glibc
import Synchronization

/// Starts a thread. Returns why that failed, else 0.
func startThread(_ work: @escaping @Sendable () -> Void) -> Int32 {
    final class Work {
        let call: @Sendable () -> Void
        init(_ call: @escaping @Sendable () -> Void) { self.call = call }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 8 << 20)  // as a process's first thread has; only what is used of it takes memory
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let held = Unmanaged.passRetained(Work(work))
    let failure = pthread_create(&thread, &attributes, { held in
        Unmanaged<Work>.fromOpaque(held!).takeRetainedValue().call()
        return nil
    }, held.toOpaque())
    pthread_attr_destroy(&attributes)
    if failure != 0 { held.release() }
    return failure
}

/// A lock for what many threads want often. Swift's own Mutex is handed from one waiting thread to the next, each of which
/// has to wake up before anything goes on.
final class Lock: Sendable {
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func held<Result>(_ work: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return work()
    }
}

/// What the task of one request still has to do, all of it on that request's own thread: whatever blocks or spins there
/// keeps no other request waiting, as it would in the few threads that Swift's tasks share.
final class JobQueue: TaskExecutor {
    private enum Step {
        case job(UnownedJob), end([UInt8])
    }

    private let steps = Mutex<[Step]>([])
    private let count = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        add(.job(job))
    }

    /// The task's last act: says how it ended.
    func finish(_ end: [UInt8]) {
        add(.end(end))
    }

    /// Works until the task has finished; returns how it ended.
    func run() -> [UInt8] {
        while true {
            count.wait()
            switch steps.withLock({ $0.removeFirst() }) {
            case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .end(let end): return end
            }
        }
    }

    private func add(_ step: consuming Step) {
        let step = step
        steps.withLock { $0.append(step) }
        count.signal()
    }
}
