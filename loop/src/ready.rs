//! What the kernel says of a descriptor, and what one asks it.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// Declares a set of named bits: the constants, the operators, and a `Debug` that names the members.
macro_rules! bits {
    ($(#[$doc:meta])* $set:ident { $($(#[$bit_doc:meta])* $bit:ident = $value:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $set(u8);

        impl $set {
            /// The empty set.
            pub const NONE: $set = $set(0);
            $($(#[$bit_doc])* pub const $bit: $set = $set($value);)*

            /// Whether all of `other` is in the set.
            #[inline]
            pub const fn contains(self, other: $set) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether any of `other` is in the set.
            #[inline]
            pub const fn intersects(self, other: $set) -> bool {
                self.0 & other.0 != 0
            }

            /// Whether nothing is in the set.
            #[inline]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The set without `other`.
            #[inline]
            pub const fn without(self, other: $set) -> $set {
                $set(self.0 & !other.0)
            }
        }

        impl BitOr for $set {
            type Output = $set;
            #[inline]
            fn bitor(self, other: $set) -> $set {
                $set(self.0 | other.0)
            }
        }

        impl BitOrAssign for $set {
            #[inline]
            fn bitor_assign(&mut self, other: $set) {
                self.0 |= other.0;
            }
        }

        impl fmt::Debug for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_set().entries([$(($set::$bit, stringify!($bit)),)*].iter()
                    .filter(|(bit, _)| self.intersects(*bit)).map(|(_, name)| format_args!("{name}").to_string())).finish()
            }
        }
    };
}

bits! {
    /// What the kernel last said of a descriptor, minus what has been used up since.
    ///
    /// Descriptors are registered once, edge-triggered: the kernel speaks only when something changes, so what it said is
    /// kept, and a stream clears what it has found to be used up. As long as a bit stands, trying is worth a system call.
    Ready {
        /// `recv` (or `accept`) would not wait.
        READABLE = 1,
        /// Urgent data is there, or was since the last [`Ready::would_block_reading`].
        PRIORITY = 2,
        /// `send` would not wait; or the connection attempt ended.
        WRITABLE = 4,
        /// An error is pending on the descriptor; the next call on it says which.
        ERROR = 8,
        /// Both directions are closed.
        HANG_UP = 16,
        /// The peer will send no more: after what is still to be read comes EOF.
        READ_CLOSED = 32,
        /// Not the kernel's word: it refused to watch the descriptor, and will say nothing of it ([`Ctx::watch_later`](crate::Ctx::watch_later)).
        UNWATCHED = 64,
    }
}

impl Ready {
    /// The set with these bits, of which those without a name are left out. Only epoll's bits are so like ours.
    #[cfg(poller = "epoll")]
    #[inline]
    pub(crate) const fn from_bits(bits: u8) -> Ready {
        Ready(bits & 0b11_1111)
    }

    /// What of this an `interest` asked for.
    pub(crate) fn matching(self, interest: Interest) -> Interest {
        let mut matching = Interest::NONE;
        for (said, asked) in [
            (Ready::READABLE, Interest::READABLE),
            (Ready::WRITABLE, Interest::WRITABLE),
            (Ready::READ_CLOSED, Interest::DISCONNECT),
            (Ready::PRIORITY, Interest::PRIORITIZED),
        ] {
            if self.contains(said) && interest.contains(asked) {
                matching |= asked;
            }
        }
        matching
    }

    /// Conditions under which the kernel will not speak again, though there is more to be read.
    const UNTRUSTED: Ready =
        Ready(Ready::PRIORITY.0 | Ready::READ_CLOSED.0 | Ready::HANG_UP.0 | Ready::ERROR.0);

    /// Whether a read is worth trying: also when the kernel spoke only of a hang-up or an error, for a read tells which.
    #[inline]
    pub const fn can_read(self) -> bool {
        self.intersects(Ready(
            Ready::READABLE.0 | Ready::READ_CLOSED.0 | Ready::HANG_UP.0 | Ready::ERROR.0,
        ))
    }

    /// Whether there is something that one who starts to read is to hear without the kernel: what a read tells, or that none is worth trying any more.
    #[inline]
    pub const fn concerns_reader(self) -> bool {
        self.can_read() || self.contains(Ready::UNWATCHED)
    }

    /// Whether a write is worth trying.
    #[inline]
    pub const fn can_write(self) -> bool {
        self.intersects(Ready(Ready::WRITABLE.0 | Ready::HANG_UP.0 | Ready::ERROR.0))
    }

    /// A read found nothing (`EAGAIN`): not readable until the kernel speaks again. It also means that there is no end to be read and
    /// no error, whatever the kernel said before: of a socket that is not connected yet it says that it is hung up.
    #[inline]
    pub fn would_block_reading(&mut self) {
        *self = self.without(Ready(Ready::READABLE.0 | Ready::UNTRUSTED.0));
    }

    /// A read got less than it asked for: the socket is empty, which saves the call that would find `EAGAIN`.
    ///
    /// Not so after a hang-up (EOF is still to be read, and nobody will announce it), nor after urgent data (at
    /// whose mark a read stops short). Nor on a Unix socket when descriptors are passed, for a read stops between messages
    /// there: do not call this then.
    ///
    /// Says whether it is so.
    #[inline]
    pub fn short_read(&mut self) -> bool {
        let is_empty = !self.intersects(Ready::UNTRUSTED);
        if is_empty {
            *self = self.without(Ready::READABLE);
        }
        is_empty
    }

    /// A write found no room (`EAGAIN`, or it took less than it was given): not writable until the kernel speaks again.
    #[inline]
    pub fn would_block_writing(&mut self) {
        *self = self.without(Ready(Ready::WRITABLE.0 | Ready::HANG_UP.0 | Ready::ERROR.0));
    }
}

bits! {
    /// What a level-triggered descriptor is watched for (`uv_poll_event`).
    Interest {
        /// Reading would not wait.
        READABLE = 1,
        /// Writing would not wait.
        WRITABLE = 2,
        /// The peer closed, or shut its sending side.
        DISCONNECT = 4,
        /// Urgent data on a socket, or a change of a sysfs file.
        PRIORITIZED = 8,
    }
}
