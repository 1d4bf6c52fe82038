//! What remains when a scan is ended from outside: a signal runs no destructors. So a second process of this same program
//! waits at the end of a pipe. The pipe closes when the scan ends, whatever ended it; then the process ends what the scan
//! had started, and removes the folders that it had made.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The one argument that makes the program a sweeper. It is no option that people use.
pub(crate) const ARGUMENT: &str = "--sweep-after-a-scan";

/// How the folders of this program begin: nothing else is ever removed.
pub(crate) const PREFIX: &str = "gardefou-";

/// This program; none where the library serves another one, which could not sweep.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Lets the sweeper start, when there is something to sweep.
pub(crate) fn enable() {
    if let Ok(program) = std::env::current_exe() {
        PROGRAM.get_or_init(|| program);
    }
}

/// What a scan has, and has no more.
#[derive(Debug, Clone, Copy)]
pub(super) enum Note<'a> {
    Made(&'a Path),
    Removed(&'a Path),
    Started(u32),
    Ended(u32),
}

#[cfg(unix)]
pub(super) use unix::note;
#[cfg(unix)]
pub(crate) use unix::sweep;

#[cfg(not(unix))]
pub(super) fn note(_: Note<'_>) {}

#[cfg(not(unix))]
pub(crate) fn sweep() {}

#[cfg(unix)]
mod unix {
    use std::collections::BTreeSet;
    use std::ffi::OsStr;
    use std::io::{BufRead as _, BufReader, Read, Write as _};
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::process::CommandExt as _;
    use std::path::Path;
    use std::process::{ChildStdin, Command, Stdio};
    use std::sync::{Mutex, PoisonError};

    use rustix::process::{Pid, Signal, kill_process, kill_process_group};

    use super::{ARGUMENT, Note, PREFIX, PROGRAM};

    /// The pipe to the sweeper, once there was something to note; the inner none: it could not be started, and nobody
    /// sweeps.
    static PIPE: Mutex<Option<Option<ChildStdin>>> = Mutex::new(None);

    /// Tells the sweeper. Not to be heard is no fault: it would only have tidied up.
    pub(in super::super) fn note(what: Note<'_>) {
        let mut pipe = PIPE.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(to) = pipe.get_or_insert_with(start) else {
            return;
        };
        let (sign, bytes) = match what {
            Note::Made(folder) => (b'+', folder.as_os_str().as_bytes().to_vec()),
            Note::Removed(folder) => (b'-', folder.as_os_str().as_bytes().to_vec()),
            Note::Started(process) => (b'>', process.to_string().into_bytes()),
            Note::Ended(process) => (b'<', process.to_string().into_bytes()),
        };
        let mut line = vec![sign];
        line.extend(bytes);
        line.push(0);
        _ = to.write_all(&line).and_then(|()| to.flush());
    }

    fn start() -> Option<ChildStdin> {
        let mut child = Command::new(PROGRAM.get()?)
            .arg(ARGUMENT)
            .current_dir("/")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What ends all that a terminal or a runner started is not for it.
            .process_group(0)
            .spawn()
            .ok()?;
        child.stdin.take()
    }

    /// The work of the sweeper: waits for the end of the pipe, and tidies up.
    pub(crate) fn sweep() {
        after(&mut std::io::stdin().lock());
    }

    /// Ends the processes whose environment names one of the folders: their home is in it. False when there was none.
    fn end_those_of(folders: &BTreeSet<Vec<u8>>) -> bool {
        let mut found = false;
        // There is no such folder but on Linux.
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        for process in processes {
            let number = process
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            let Some(number) = number.and_then(Pid::from_raw) else {
                continue;
            };
            // Those of others cannot be read.
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            let home = |variable: &[u8]| {
                let home = variable
                    .strip_prefix(b"HOME=")
                    .and_then(|home| home.strip_suffix(b"/home"));
                home.is_some_and(|home| folders.contains(home))
            };
            if environment.split(|byte| *byte == 0).any(home) {
                found |= kill_process(number, Signal::KILL).is_ok();
            }
        }
        found
    }

    pub(super) fn after(pipe: &mut dyn Read) {
        let (mut folders, mut groups) = (BTreeSet::new(), BTreeSet::new());
        let lines = BufReader::new(pipe).split(0).map_while(Result::ok);
        for line in lines {
            match line.split_first() {
                Some((b'+', folder)) => _ = folders.insert(folder.to_vec()),
                Some((b'-', folder)) => _ = folders.remove(folder),
                Some((b'>', group)) => _ = groups.insert(group.to_vec()),
                Some((b'<', group)) => _ = groups.remove(group),
                _ => {}
            }
        }
        for group in groups {
            let number = str::from_utf8(&group)
                .ok()
                .and_then(|text| text.parse().ok());
            if let Some(group) = number.and_then(Pid::from_raw) {
                // It may have ended meanwhile.
                _ = kill_process_group(group, Signal::KILL);
            }
        }
        // What was started in the moment of the end is in no note.
        let mut tries = 0..10;
        while end_those_of(&folders) && tries.next().is_some() {}
        for folder in folders {
            let folder = Path::new(OsStr::from_bytes(&folder));
            let name = folder.file_name().unwrap_or_default();
            if name.as_bytes().starts_with(PREFIX.as_bytes()) {
                // What cannot be removed stays: there is nobody to tell.
                _ = std::fs::remove_dir_all(folder);
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_removed_is_removed() {
        let top = tempfile::tempdir().expect("a folder");
        let [left, gone, foreign] =
            ["gardefou-a", "gardefou-b", "other"].map(|name| top.path().join(name));
        for folder in [&left, &gone, &foreign] {
            std::fs::create_dir_all(folder.join("work")).expect("a folder");
        }
        let mut notes = Vec::new();
        for (sign, folder) in [("+", &left), ("+", &gone), ("-", &gone), ("+", &foreign)] {
            notes.extend(format!("{sign}{}\0", folder.display()).into_bytes());
        }
        unix::after(&mut &*notes);
        assert!(!left.exists());
        assert!(gone.exists() && foreign.exists());
    }
}
