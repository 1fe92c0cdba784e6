//! The map of names tells the truth: every file and item that `docs/map.md` names is there.

use std::fs;
use std::path::Path;

#[test]
fn every_named_item_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("docs/map.md")).unwrap();
    let rows: Vec<(&str, &str)> = map.lines().filter_map(place).collect();
    assert!(rows.len() > 50, "only {} rows were understood", rows.len());
    for (file, item) in rows {
        let text =
            fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(declares(&text, item), "{file} does not declare `{item}`");
    }
}

/// The file and the item of a table's row.
fn place(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
    let (_, file, item) = (cells.next()?, cells.next()?, cells.next()?);
    Some((unquoted(file)?, unquoted(item)?))
}

fn unquoted(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

/// Whether a line of the file declares the item: its name must end there.
fn declares(text: &str, item: &str) -> bool {
    text.match_indices(item).any(|(at, _)| {
        let next = text[at + item.len()..].chars().next();
        next.is_some_and(|next| !next.is_alphanumeric() && next != '_')
    })
}
