//! Threads take turns at what only one may use at a time: here, reading the connection. Who has read a request lets
//! another thread read, and then runs the request itself. So no thread is started for it, and it waits for no other one.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

pub struct Turns<T> {
    state: Mutex<State<T>>,
    most_idle: usize,
}

struct State<T> {
    /// None while a thread has it.
    shared: Option<T>,
    /// Those that sleep, each with a bell of its own: the last one is called first, whose stack is still in the caches.
    idle: Vec<Bell>,
    /// Whether a thread was called or started that is not here yet. It finds what there is to do, so one is enough.
    is_one_coming: bool,
}

/// Wakes one thread up.
#[derive(Clone, Default)]
pub struct Bell(Arc<Condvar>);

impl<T> Turns<T> {
    /// The first thread is to be started now.
    pub fn new(shared: T, most_idle: usize) -> Self {
        let state = State { shared: Some(shared), idle: Vec::with_capacity(most_idle), is_one_coming: true };
        Self { state: Mutex::new(state), most_idle }
    }

    /// What a thread that was started does first.
    pub fn arrive(&self) {
        self.lock().is_one_coming = false;
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
            state.is_one_coming = false;
        }
    }

    /// Ends the turn and calls the next thread. False if there is none, so that one must be started.
    pub fn pass(&self, shared: T) -> bool {
        let mut state = self.lock();
        state.shared = Some(shared);
        if state.is_one_coming {
            return true;
        }
        state.is_one_coming = true;
        let next = state.idle.pop();
        drop(state);
        next.map(|bell| bell.0.notify_one()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
