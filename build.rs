//! Lists the files of the folder `catalogue`, so that a new application is one new file.
//!
//! The crate `include_dir` would embed the folder as well, but on a stable compiler Cargo does not learn
//! which folder it read: a new file is missing from the next build without a warning.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo watches a folder by the times of all files in it, and of the folder itself.
    println!("cargo:rerun-if-changed=catalogue");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let table = table(&file_names(&root.join("catalogue"))?)?;
    fs::write(out.join("catalogue.rs"), table)?;
    Ok(())
}

/// Sorted, because the order of a folder differs between file systems.
fn file_names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let names: io::Result<Vec<_>> =
        fs::read_dir(folder)?.map(|entry| Ok(PathBuf::from(entry?.file_name()))).collect();
    let mut names = names?;
    names.retain(|name| name.extension().is_some_and(|extension| extension == "toml"));
    names.sort();
    Ok(names)
}

/// The slugs with the texts of their files, as a constant expression.
///
/// The paths are written with `env!`, which keeps those of the building machine out of the table.
fn table(names: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let mut table = "&[\n".to_owned();
    for name in names {
        let slug = name.file_stem().and_then(|stem| stem.to_str());
        let slug = slug.ok_or_else(|| format!("{} is not UTF-8", name.display()))?;
        let path = format!("/catalogue/{slug}.toml");
        writeln!(
            table,
            "({slug:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),"
        )?;
    }
    Ok(table + "]\n")
}
