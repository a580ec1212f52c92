//! Inputs that the other tests use, to be changed.

use std::path::Path;

/// The texts of the files in a folder of the repository and below it.
pub(crate) fn files(folder: &str) -> Vec<String> {
    let mut texts = Vec::new();
    add(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut texts);
    assert!(!texts.is_empty(), "{folder} has no text");
    texts
}

fn add(path: &Path, texts: &mut Vec<String>) {
    /// Larger texts take their time to be read, and have the same parts.
    const LARGEST: usize = 16 << 10;
    if path.is_dir() {
        let mut entries: Vec<_> =
            path.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in &entries {
            add(entry, texts);
        }
    } else if let Ok(text) = std::fs::read_to_string(path) {
        texts.extend(Some(text).filter(|text| text.len() <= LARGEST));
    }
}

/// The configurations that edits are tested with.
pub(crate) fn configurations() -> Vec<String> {
    ["tests/configurations", "tests/lists", "tests/hostile", "tests/located"]
        .into_iter()
        .flat_map(files)
        .collect()
}

/// The digests of the vectors.
pub(crate) fn digests() -> Vec<String> {
    let files = ["digests.jsonl", "dialects.jsonl", "foreign.jsonl"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let texts = files.map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
    let digest = |line: &str| {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        vector["digest"].as_str().map(ToOwned::to_owned)
    };
    texts.iter().flat_map(|text| text.lines()).filter_map(digest).collect()
}
