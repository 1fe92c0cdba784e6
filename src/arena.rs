//! Where the datagrams lie that sockets receive: together, so that one costs no allocation.

use bytes::{Bytes, BytesMut};

/// So much is allocated at once. When all chunks in it are dropped, it is used again.
const SIZE: usize = 64 * 1024;

/// A longer chunk has an allocation of its own: it would not share with many, and whoever keeps it keeps no more than it.
const LONGEST: usize = 8 * 1024;

/// What a loop has of it.
#[derive(Debug, Default)]
pub(crate) struct Arena(BytesMut);

impl Arena {
    /// A copy of what was read. A chunk that somebody keeps holds on to what lies beside it, up to 64 KiB in all; as long as nobody keeps any, nothing is
    /// allocated.
    #[inline(always)]
    pub(crate) fn copy(&mut self, bytes: &[u8]) -> Bytes {
        let Arena(free) = self;
        if free.capacity() < bytes.len() || bytes.len() > LONGEST {
            return self.copy_elsewhere(bytes);
        }
        free.extend_from_slice(bytes);
        free.split_to(bytes.len()).freeze()
    }

    #[cold]
    fn copy_elsewhere(&mut self, bytes: &[u8]) -> Bytes {
        if bytes.len() > LONGEST {
            return Bytes::copy_from_slice(bytes);
        }
        let Arena(free) = self;
        free.reserve(SIZE);
        free.extend_from_slice(bytes);
        free.split().freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_that_nobody_keeps_lie_in_the_same_memory() {
        let mut arena = Arena::default();
        let first = arena.copy(&[1; 1000]).as_ptr() as usize;
        for _ in 0..1000 {
            let chunk = arena.copy(&[2; 1000]);
            assert_eq!(chunk, [2; 1000][..]);
            assert!((chunk.as_ptr() as usize).abs_diff(first) < SIZE);
        }
    }

    #[test]
    fn a_chunk_that_is_kept_stays_as_it_is() {
        let mut arena = Arena::default();
        let kept: Vec<Bytes> = (0..200).map(|n| arena.copy(&[n; 1000])).collect();
        for (n, chunk) in (0..200u8).zip(&kept) {
            assert_eq!(chunk, &[n; 1000][..]);
        }
        assert_eq!(arena.copy(&[7; LONGEST + 1]), [7; LONGEST + 1][..]);
    }
}
