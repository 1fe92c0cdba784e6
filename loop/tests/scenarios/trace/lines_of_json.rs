//! What happened comes back from lines of JSON as it was, whatever stands in its texts.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use uvox_loop::trace::{self, Event, JsonLines, Layer, Recorder};
use uvox_loop::{Errno, RunMode, Timer};

use crate::common::{close, end, new_loop, scenario};

/// An output that many can hold, and that may have room for no more.
#[derive(Clone, Default)]
struct Output(Rc<RefCell<Vec<u8>>>, usize);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.borrow_mut();
        if self.1 > 0 && all.len() + bytes.len() > self.1 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        all.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn run() {
    let mut lp = new_loop();
    let timer = Timer::new(&mut lp);
    timer
        .start(&mut lp, Duration::ZERO, Duration::ZERO, close)
        .unwrap();
    assert!(!lp.run(RunMode::Default).unwrap());
    end(lp);
}

fn parsed(line: &[u8]) -> Value {
    serde_json::from_slice(line).unwrap()
}

#[test]
fn every_member_and_every_text() {
    let text = "a \"quoted\" \\ back\nand\u{1}\u{1f}\t é → 🦀";
    let mut event = Event::new(Layer::Sys, "recv")
        .arg("text", text.to_owned())
        .arg("least", i64::MIN)
        .arg("most", u64::MAX)
        .arg("yes", true)
        .result(Err::<usize, _>(Errno::ECONNRESET))
        .queue(3, u64::MAX);
    (event.seq, event.cause) = (9, Some(7));
    let mut line = Vec::new();
    event.write_json(&mut line).unwrap();
    let expected = json!({
        "seq": 9, "time_ns": 0, "loop": 0, "turn": 0, "phase": "outside", "layer": "sys", "name": "recv", "cause": 7,
        "args": {"text": text, "least": i64::MIN, "most": u64::MAX, "yes": true},
        "error": "ECONNRESET", "queue": [3, u64::MAX],
    });
    assert_eq!(parsed(&line), expected);
    assert!(!line.contains(&b'\n'));
}

#[test]
fn lines_of_what_ran() {
    scenario(|| {
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        run();
        trace::take();
        let mut out = Vec::new();
        trace::write_json_lines(&recorder.events(), &mut out).unwrap();
        let lines: Vec<_> = out.split_inclusive(|byte| *byte == b'\n').collect();
        assert_eq!(lines.len(), recorder.events().len());
        for (line, event) in lines.iter().zip(recorder.events()) {
            let value = parsed(line);
            assert_eq!(value["seq"], event.seq);
            assert_eq!(value["name"], event.name);
            assert_eq!(value["cause"].as_u64(), event.cause);
            let object = event.object.map(|key| key.to_string());
            assert_eq!(value["object"].as_str(), object.as_deref());
        }
    });
}

#[test]
fn a_tracer_that_writes() {
    scenario(|| {
        let output = Output::default();
        trace::set(JsonLines::new(output.clone()));
        run();
        trace::take();
        let all = output.0.take();
        let names: Vec<_> = all
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| parsed(line)["name"].clone())
            .collect();
        assert!(names.contains(&"timer.fire".into()), "{names:?}");

        // An output that fails is left alone, and the loop runs as before.
        let full = Output(Rc::default(), 200);
        trace::set(JsonLines::new(full.clone()));
        run();
        trace::take();
        assert!(full.0.borrow().len() <= 200);
    });
}
