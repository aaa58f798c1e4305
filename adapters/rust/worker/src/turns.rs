//! Threads take turns at what only one may use at a time: here, reading the connection. Who has read a request lets
//! another thread read, and then runs the request itself. So no thread is started for it, and it waits for no other one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

pub struct Turns<T> {
    state: Mutex<State<T>>,
    /// How many threads are busy with what they have read.
    busy: AtomicUsize,
    most_idle: usize,
}

struct State<T> {
    /// None while a thread has it.
    shared: Option<T>,
    /// Those that sleep, each with a bell of its own: the last one is called first, whose stack is still in the caches.
    idle: Vec<Bell>,
    /// How many threads were called or started that are not here yet.
    coming: usize,
}

/// Wakes one thread up.
#[derive(Clone, Default)]
pub struct Bell(Arc<Condvar>);

impl<T> Turns<T> {
    /// The first thread is to be started now.
    pub fn new(shared: T, most_idle: usize) -> Self {
        let state = State { shared: Some(shared), idle: Vec::with_capacity(most_idle), coming: 1 };
        Self { state: Mutex::new(state), busy: AtomicUsize::new(0), most_idle }
    }

    /// One that was to be started is here, or could not be. Returns how many are still coming.
    pub fn arrive(&self) -> usize {
        let mut state = self.lock();
        state.coming -= 1;
        state.coming
    }

    /// This thread's turn, if it need not wait for it.
    pub fn take_now(&self) -> Option<T> {
        self.lock().shared.take()
    }

    /// Waits for this thread's turn. None if enough threads wait already, so that this one should end.
    pub fn take(&self, bell: &Bell) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(shared) = state.shared.take() {
                return Some(shared);
            }
            if state.idle.len() == self.most_idle {
                return None;
            }
            state.idle.push(bell.clone());
            while state.idle.iter().any(|other| Arc::ptr_eq(&other.0, &bell.0)) {
                state = bell.0.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.coming -= 1;
        }
    }

    /// Ends the turn, because this thread is busy now, and calls others: one to wait for what comes, and if so much waits
    /// already, as many as are busy. So quick work wakes few, and of slow work much begins soon. Returns how many threads
    /// must be started, because none sleeps.
    pub fn pass(&self, shared: T, waiting: usize) -> usize {
        let busy = self.busy.fetch_add(1, Ordering::Relaxed) + 1;
        let mut state = self.lock();
        state.shared = Some(shared);
        let missing = waiting.clamp(1, busy).saturating_sub(state.coming);
        state.coming += missing;
        let rest = state.idle.len().saturating_sub(missing);
        let called = state.idle.split_off(rest);
        drop(state);
        called.iter().for_each(|bell| bell.0.notify_one());
        missing - called.len()
    }

    /// This thread is no longer busy.
    pub fn finish(&self) {
        self.busy.fetch_sub(1, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
