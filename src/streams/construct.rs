//! Getting ready, for streams that need to (`construct`).

use uvox_loop::Ctx;

use super::destroy::{self, error_or_destroy};
use super::duplex::Duplex;
use super::{errors, readable, writable};
use crate::{Error, env};

/// Asks what lies below, in a tick, to get ready.
pub(super) fn begin(cx: &mut Ctx, d: Duplex) {
    env::next_tick(cx, move |cx| {
        if let Some((methods, below)) = d.methods(cx) {
            methods.construct(cx, d, below);
        }
    });
}

impl Duplex {
    /// Says that what lies below is ready, or cannot be: the answer to [`construct`](super::DuplexMethods::construct). The stream hears of it in a tick.
    pub fn constructed(self, cx: &mut Ctx, result: Result<(), Error>) {
        self.answer(cx, |cx| {
            env::next_tick(cx, move |cx| on_constructed(cx, self, result.err()));
        });
    }
}

fn on_constructed(cx: &mut Ctx, d: Duplex, error: Option<Error>) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    if std::mem::replace(&mut state.constructed, true) {
        let error = error.unwrap_or_else(errors::multiple_callback);
        return error_or_destroy(cx, d, error, false);
    }
    if state.destroyed {
        destroy::constructed(cx, d, error);
    } else if let Some(error) = error {
        error_or_destroy(cx, d, error, true);
    } else {
        readable::on_constructed(cx, d);
        writable::on_constructed(cx, d);
    }
}
