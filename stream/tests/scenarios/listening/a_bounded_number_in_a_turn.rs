//! All connections that are ready are accepted in one turn, up to the bound; the rest comes in the next.

use uvox_loop::Loop;

use super::support::{clients, listening};
use crate::common::{Seen, close_and_end, scenario, until};

#[test]
fn a_bounded_number_in_a_turn() {
    scenario(|| {
        let mut lp = Loop::builder()
            .budgets(|budgets| budgets.accepts = 3)
            .build()
            .unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listening(&mut lp, move |cx, _, connection| {
            connection.unwrap();
            record.add(cx.metrics().turns);
        });
        let _clients = clients(address, 7);
        until(&mut lp, |_| seen.len() == 7);
        let turns = seen.all();
        let rounds: Vec<usize> = turns.chunk_by(|a, b| a == b).map(<[u64]>::len).collect();
        assert_eq!(rounds, [3, 3, 1]);
        close_and_end(lp, &[server]);
    });
}
