//! State in `.bss` that one piece of code owns.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

/// A value that can be taken once, for good.
pub struct Owned<T> {
    value: UnsafeCell<T>,
    is_taken: AtomicBool,
}

// SAFETY: the value is reached through `take` only, which gives it out once; whoever gets it may be
// on another thread, hence `Send`.
unsafe impl<T: Send> Sync for Owned<T> {}

impl<T> Owned<T> {
    /// For a static.
    pub const fn new(value: T) -> Owned<T> {
        Owned {
            value: UnsafeCell::new(value),
            is_taken: AtomicBool::new(false),
        }
    }

    /// The value; `None` but the first time.
    pub fn take(&'static self) -> Option<&'static mut T> {
        // One thread and no interrupts: nobody comes between this load and the store.
        if self.is_taken.load(Ordering::Relaxed) {
            return None;
        }
        self.is_taken.store(true, Ordering::Relaxed);
        // SAFETY: given out to nobody before, and to nobody afterwards.
        Some(unsafe { &mut *self.value.get() })
    }
}
