//! Memory whose size only the host's data tells.

use core::mem::{align_of, size_of};
use core::slice;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::machine::free;

/// The bytes of free memory that are taken.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// `len` copies of `value`, for as long as the program runs; `None` if memory is full.
pub fn allocate<T: Copy>(len: usize, value: T) -> Option<&'static mut [T]> {
    let (address, bytes) = free();
    // One thread and no interrupts: nobody comes between this load and the store.
    let start = TAKEN
        .load(Ordering::Relaxed)
        .checked_next_multiple_of(align_of::<T>())?;
    let end = start.checked_add(len.checked_mul(size_of::<T>())?)?;
    if end > bytes {
        return None;
    }
    TAKEN.store(end, Ordering::Relaxed);
    let first = (address + start) as *mut T;
    for index in 0..len {
        // SAFETY: within the free memory, aligned (its address is a multiple of any alignment), and
        // given out to nobody before.
        unsafe { first.add(index).write(value) }
    }
    // SAFETY: as above, and all elements have just been written.
    Some(unsafe { slice::from_raw_parts_mut(first, len) })
}
