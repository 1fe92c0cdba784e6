//! The loop's buffer, which reads land in.

use super::Ctx;

type Buffer = [u8; Ctx::SCRATCH_SIZE];

/// Where the loop keeps the buffer of 64 KiB that reads land in: see [`Ctx::take_scratch`].
#[derive(Debug)]
pub struct Scratch {
    /// Absent while it is lent out.
    buffer: Option<Box<Buffer>>,
}

impl Scratch {
    /// One that is made when it is first asked for.
    pub(crate) const NONE: Scratch = Scratch { buffer: None };

    /// The buffer, to read into; then take it out, to lend it to a callback.
    #[inline]
    pub fn get(&mut self) -> &mut [u8] {
        &mut **self.buffer.get_or_insert_with(new_buffer)
    }

    /// The buffer itself. Whoever takes it out [gives it back](Ctx::put_scratch) when the last reader has seen what is in it; if it is not given back, the
    /// next one is made anew.
    #[inline]
    pub fn take(&mut self) -> Box<[u8]> {
        self.buffer.take().unwrap_or_else(new_buffer)
    }

    /// Gives it back. One of another size is dropped.
    #[inline]
    pub(super) fn put(&mut self, buffer: Box<[u8]>) {
        if self.buffer.is_none()
            && let Ok(buffer) = buffer.try_into()
        {
            self.buffer = Some(buffer);
        }
    }
}

#[cold]
fn new_buffer() -> Box<Buffer> {
    // Not on the stack first, which it would be a good part of.
    let buffer = vec![0; Ctx::SCRATCH_SIZE].into_boxed_slice();
    buffer.try_into().expect("it has that size")
}
