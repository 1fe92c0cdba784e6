//! Who hears what comes to the layer above a stream base: a callback, or functions and a key.

use uvox_loop::{Callback, Ctx, Errno, Key};

use super::base::{BaseState, StreamBase};

pub(super) type OnRead = dyn FnMut(&mut Ctx, StreamBase, Result<&[u8], Errno>);

/// Who reads a stream base by functions, and not by a callback: see [`StreamBase::set_reader`]. Each is told the key that was given with them.
#[derive(Clone, Copy, Debug)]
pub struct Reads {
    /// Bytes were read, and nobody watches. They are lent until it returns.
    pub lent: fn(&mut Ctx, Key, StreamBase, &[u8]),
    /// The same in any other case, and all that can come besides: what a callback of [`StreamBase::set_on_read`] is told.
    pub read: fn(&mut Ctx, Key, StreamBase, Result<&[u8], Errno>),
}

/// Functions, and whose they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) key: Key,
    pub(super) functions: &'static Reads,
}

/// Who hears, on his way there.
pub(super) enum Hearer {
    /// Taken out, and put back.
    Callback(Box<OnRead>),
    /// Functions stay where they are.
    Reader(Reader),
}

impl BaseState {
    /// Takes out who is to hear of what comes to the layer above.
    pub(super) fn take_hearer(&mut self) -> Option<Hearer> {
        match self.on_read.take() {
            Some(on_read) => Some(Hearer::Callback(on_read)),
            None => self.reader.map(Hearer::Reader),
        }
    }
}

impl StreamBase {
    /// Says what happens with what is read, as [`set_on_read`](StreamBase::set_on_read) does, and in its place, by functions that are told `key`. They stay
    /// where they are while they run, so nothing is taken out to be called, and put back: it is how a layer above reads that has a state, and a name, of its own.
    pub fn set_reader(self, cx: &mut Ctx, key: impl Into<Key>, functions: &'static Reads) {
        if let Some(state) = cx.state_mut(self.0) {
            state.reader = Some(Reader {
                key: key.into(),
                functions,
            });
            let replaced = std::mem::replace(&mut state.on_read, Callback::Unset);
            drop(replaced);
        }
    }

    /// Tells what comes to the layer above.
    pub(super) fn tell(self, cx: &mut Ctx, hearer: Hearer, data: Result<&[u8], Errno>) {
        match hearer {
            Hearer::Callback(on_read) => {
                cx.call_taken(
                    self.0,
                    |state: &mut BaseState| &mut state.on_read,
                    on_read,
                    |on_read, cx| on_read(cx, self, data),
                );
            }
            Hearer::Reader(Reader { key, functions }) => (functions.read)(cx, key, self, data),
        }
    }
}
