//! Files that hold secrets or are replaced: the protocol that loses neither a secret nor a user's file.
//!
//! # What always holds
//!
//! 1. A file is whole: the old one or the new one. No reader sees a part of it.
//! 2. A digest is in the configuration or in a file only once its secret is where the user finds it:
//!    printed, in the file of `--secret-out`, or in a previous version of that file.
//! 3. A temporary file is never readable by more users than the file that it becomes: it is created
//!    with mode 0600, and gets the owner before the mode.
//! 4. If a step fails, every step before it is undone, the last one first.
//! 5. Only files that this program has made are removed: regular ones, with the name, the owner and
//!    the number of links that ours have. Anything else of such a name is refused, and kept.
//!
//! # The steps
//!
//! 1. Create the temporary file `.FILE.oidc-secret-TAG` beside `FILE`, and lock it with `flock` (an
//!    advisory lock; on Windows the open file itself keeps other runs out). It is in the same folder,
//!    since only a rename within a file system is atomic.
//!    The name follows from that of `FILE`, so that the lock excludes other runs and the next run
//!    finds a stale one (`temporary.rs`). `FILE` itself is not locked: the rename replaces it, and a
//!    lock stays with the old file.
//! 2. Read `FILE`, make the new text, write it to the temporary file with the owner, mode and
//!    attributes of `FILE`, and sync it (`replace.rs`).
//! 3. Read the temporary file again, and verify each secret against it.
//! 4. Write each secret to a temporary file of its own, and sync it (`secret_file.rs`). Then do the same
//!    with each digest that goes to a file (`--digest-out`), and read it again.
//! 5. Print the secrets that go to standard output.
//! 6. Hold back signals. Rename each file of step 4 to its name, in the same order; a file that it
//!    replaces is first linked as `.SECRET.oidc-secret-TAG-old-N`, its previous version.
//! 7. Read `FILE` again: if it differs from what step 2 read, fail. With `--backup` link it as
//!    `FILE.bak`. Rename the temporary file to `FILE`.
//! 8. Remove the previous versions.
//!
//! A configuration that does not exist yet (`new --create`) is written like a secret's file, the last
//! one of step 4 and of step 6: it replaces nothing, and fails if `FILE` has been created since then.
//!
//! An interrupt (SIGINT, SIGTERM, SIGHUP, SIGQUIT) before step 6 removes the temporary files. After
//! step 6 has begun it waits for step 8.
//!
//! # After a kill or a power failure
//!
//! | killed after step | on disk | the next run |
//! | --- | --- | --- |
//! | 1, 2, 3 | the old `FILE`, a temporary file without a lock | removes the temporary file |
//! | 4 | the same, and temporary files of secrets | removes them if it writes the same secret file |
//! | 5 | the same; the printed secret is not in use | removes them; the user runs the command again |
//! | 6 | the old `FILE`; the new secret in its file, the one in use in `…-old-N` | if it writes the same secret file, names `…-old-N` in a hint and removes it in step 8 |
//! | 7, the link | as after 6; `FILE.bak` is a link to `FILE`, an earlier `FILE.bak` may be left as its previous version | keeps `FILE.bak`, does not warn of the link, and removes the previous version |
//! | 7, the rename | the new `FILE` and the new secret; `…-old-N` | if it writes the same secret file, names `…-old-N` in a hint and removes it in step 8 |
//!
//! The tests kill the program at hundreds of moments and look at what is left
//! (`tests/cli/kill.rs`), and run it over each kind of leftover
//! (`the_next_run_removes_stale_temporary_files`).
//!
//! # File systems that have less
//!
//! | missing | instead |
//! | --- | --- |
//! | hard links | a previous version and `FILE.bak` are copies (`secret_file.rs`) |
//! | hard links and `RENAME_NOREPLACE` | an empty file takes a new name before the rename: a kill in between leaves it, and other processes see it for a moment (`rename.rs`) |
//! | `flock` | the temporary name alone excludes other runs: they fail instead of waiting, and the user removes a stale file (`temporary.rs`) |
//! | `fsync` | a power failure may lose what was written (`sync.rs`) |
//! | modes | nothing: all files have the same mode (`platform/unix/permissions.rs`) |
//! | a rename over a file, as over a mount point | an error |
//!
//! What Windows does not have, such as modes and owners, is neither checked nor copied there: see
//! `platform/windows`.
//!
//! # Why not simpler
//!
//! - Writing `FILE` in place: a full disk or a kill would leave half a configuration.
//! - A random temporary name: a killed run would leave a digest or a secret beside the user's files
//!   for ever, as no later run could tell it from a file of the user's.
//! - Secrets after the configuration: a kill between them would leave a digest whose secret nobody
//!   has.

pub(crate) mod diff;
mod links;
mod rename;
pub(crate) mod replace;
pub(crate) mod secret_file;
mod stream;
mod sync;
pub(crate) mod temporary;
