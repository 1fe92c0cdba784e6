//! Scripts as text: a step a line, and what a step does later between braces.

/// A script.
pub(super) struct Script {
    pub(super) name: String,
    pub(super) body: Vec<Step>,
}

/// A step of it.
#[derive(Clone, Default)]
pub(super) struct Step {
    pub(super) words: Vec<String>,
    pub(super) block: Option<Vec<Step>>,
}

pub(super) fn parse(text: &str) -> Vec<Script> {
    let mut scripts: Vec<Script> = Vec::new();
    // The steps whose blocks are open, from the outermost in.
    let mut open: Vec<Step> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("# ") {
            assert!(open.is_empty(), "a block is open before {name}");
            scripts.push(Script {
                name: name.to_owned(),
                body: Vec::new(),
            });
            continue;
        }
        let step = if line == "}" {
            open.pop().unwrap()
        } else {
            let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            if words.last().is_some_and(|word| word == "{") {
                words.pop();
                open.push(Step {
                    words,
                    block: Some(Vec::new()),
                });
                continue;
            }
            Step { words, block: None }
        };
        if step.words.is_empty() {
            continue;
        }
        match open.last_mut() {
            Some(outer) => outer.block.get_or_insert_default().push(step),
            None => scripts.last_mut().unwrap().body.push(step),
        }
    }
    scripts
}
