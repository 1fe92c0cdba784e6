//! The room: who is there, what they are called, and who hears what. It knows nothing of sockets.

use std::collections::{BTreeMap, HashMap};

use super::lines::{LONGEST, Line};

/// A nickname is no longer than this, in characters.
const LONGEST_NAME: usize = 20;

/// Somebody in the room: numbers that are given out in order, and never twice.
pub(super) type Id = u64;

/// Something that is to be told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    To(Id, String),
    All(String),
    AllBut(Id, String),
    /// They leave, after what they were told.
    Leaves(Id),
}

/// Who is in the room.
#[derive(Debug, Default)]
pub(super) struct Room {
    names: BTreeMap<Id, String>,
    /// By their names in lower case: no two differ in that alone.
    by_name: HashMap<String, Id>,
    guests: u64,
}

impl Room {
    /// Somebody comes in, and gets a name.
    pub(super) fn join(&mut self, id: Id) -> Vec<Told> {
        let name = loop {
            self.guests += 1;
            let name = format!("guest{}", self.guests);
            // No more than those who are there can have taken such a name.
            if !self.by_name.contains_key(&name) {
                break name;
            }
        };
        self.by_name.insert(name.clone(), id);
        self.names.insert(id, name.clone());
        let count = self.names.len();
        let welcome = format!("* you are {name}; {count} here; {COMMANDS}");
        vec![
            Told::To(id, welcome),
            Told::AllBut(id, format!("* {name} joined; {count} here")),
        ]
    }

    /// Somebody is gone, for a reason that is worth telling or not. Nothing, if they had left before.
    pub(super) fn leave(&mut self, id: Id, why: Option<&str>) -> Vec<Told> {
        let Some(name) = self.names.remove(&id) else {
            return Vec::new();
        };
        self.by_name.remove(&name.to_lowercase());
        let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
        let count = self.names.len();
        vec![Told::All(format!("* {name} left{why}; {count} here"))]
    }

    /// Whether they are there, and have not left.
    pub(super) fn has(&self, id: Id) -> bool {
        self.names.contains_key(&id)
    }

    /// Somebody said something.
    pub(super) fn hear(&mut self, id: Id, line: &Line) -> Vec<Told> {
        let Some(name) = self.names.get(&id).cloned() else {
            return Vec::new();
        };
        let told = match line {
            Line::TooLong => format!("! that line was longer than {LONGEST} bytes"),
            Line::Text(text) => match text.split_once(':') {
                None if text.is_empty() => return Vec::new(),
                None if text == "l" => self.list(),
                None if text == "byebye" => {
                    let mut told = vec![Told::To(id, format!("* bye, {name}"))];
                    told.extend(self.leave(id, None));
                    told.push(Told::Leaves(id));
                    return told;
                }
                Some(("b", text)) => return vec![Told::All(format!("{name}: {text}"))],
                Some(("c", rest)) => match rest.split_once(':') {
                    Some((to, text)) => return self.whisper(id, &name, to, text),
                    None => "! c: takes a name and a text: c:name:text".to_owned(),
                },
                Some(("n", new)) => match self.rename(id, &name, new) {
                    Ok(told) => return vec![told],
                    Err(why) => format!("! {why}"),
                },
                _ => format!("! unknown command; {COMMANDS}"),
            },
        };
        vec![Told::To(id, told)]
    }

    /// Those who are there, in the order in which they came.
    fn list(&self) -> String {
        let names: Vec<&str> = self.names.values().map(String::as_str).collect();
        format!("* {} here: {}", names.len(), names.join(", "))
    }

    fn whisper(&self, from: Id, name: &str, to: &str, text: &str) -> Vec<Told> {
        let Some(receiver) = self.by_name.get(&to.to_lowercase()).copied() else {
            return vec![Told::To(from, format!("! there is no {to} here"))];
        };
        let called = self.names.get(&receiver).map_or(to, String::as_str);
        vec![
            Told::To(receiver, format!("{name} (to you): {text}")),
            Told::To(from, format!("{name} (to {called}): {text}")),
        ]
    }

    fn rename(&mut self, id: Id, old: &str, new: &str) -> Result<Told, String> {
        let allowed = |one: char| one.is_alphanumeric() || matches!(one, '-' | '_');
        let length = new.chars().count();
        if length == 0 || length > LONGEST_NAME || !new.chars().all(allowed) {
            return Err(format!(
                "a name has 1 to {LONGEST_NAME} letters, digits, hyphens and underscores"
            ));
        }
        let key = new.to_lowercase();
        if self.by_name.get(&key).is_some_and(|other| *other != id) {
            return Err(format!("the name {new} is taken"));
        }
        self.by_name.remove(&old.to_lowercase());
        self.by_name.insert(key, id);
        self.names.insert(id, new.to_owned());
        Ok(Told::All(format!("* {old} is called {new} now")))
    }
}

const COMMANDS: &str = "b:text to all, c:name:text to one, l who is here, n:name your name, byebye";

#[cfg(test)]
mod tests {
    use super::*;

    fn say(room: &mut Room, id: Id, text: &str) -> Vec<Told> {
        room.hear(id, &Line::Text(text.to_owned()))
    }

    fn refusal(told: &[Told]) -> &str {
        match told {
            [Told::To(_, text)] if text.starts_with("! ") => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_are_unique_whoever_takes_them() {
        let mut room = Room::default();
        room.join(1);
        say(&mut room, 1, "n:guest2");
        room.join(2);
        assert_eq!(room.names[&2], "guest3");
        assert_eq!(
            refusal(&say(&mut room, 2, "n:GUEST2")),
            "! the name GUEST2 is taken"
        );
        // Their own, written in another way.
        assert_eq!(
            say(&mut room, 1, "n:Guest2"),
            [Told::All("* guest2 is called Guest2 now".to_owned())]
        );
        room.leave(1, None);
        say(&mut room, 2, "n:guest2");
        assert_eq!(room.by_name.len(), 1);
        assert_eq!(room.names[&2], "guest2");
    }

    #[test]
    fn names_that_are_none() {
        let mut room = Room::default();
        room.join(1);
        let long = format!("n:{}", "x".repeat(LONGEST_NAME + 1));
        for name in ["n:", "n:a b", "n:a:b", "n:*", "n:\u{fffd}", &long] {
            assert!(refusal(&say(&mut room, 1, name)).contains("a name has"));
        }
    }

    #[test]
    fn one_who_left_says_nothing_and_leaves_once() {
        let mut room = Room::default();
        room.join(1);
        assert_eq!(say(&mut room, 1, "byebye").len(), 3);
        assert_eq!(say(&mut room, 1, "b:still here"), []);
        assert_eq!(room.leave(1, None), []);
    }

    #[test]
    fn what_is_not_known_is_answered() {
        let mut room = Room::default();
        room.join(1);
        for text in ["hello", "x:y", "L", "b", "c", "byebye:", " l"] {
            assert!(
                refusal(&say(&mut room, 1, text)).contains("unknown command"),
                "{text}"
            );
        }
        assert!(refusal(&say(&mut room, 1, "c:guest1")).contains("c:name:text"));
        assert!(refusal(&say(&mut room, 1, "c:nobody:hi")).contains("no nobody"));
        assert!(refusal(&room.hear(1, &Line::TooLong)).contains("1024"));
        assert_eq!(say(&mut room, 1, ""), []);
    }
}
