//! `gardefou.lock`: which policies of others were reviewed, by the hash of their files.
//!
//! Where there is a lock, nothing runs that it does not pin, and what it pins has to be there. It lies in the folder that
//! the configuration's paths are relative to; its own paths are relative to that folder as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::cache::{hash, hex};
use super::named::Named;
use super::{CONTRACT, Engine};
use crate::config;
use crate::discover;
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Sources, Span};
use crate::text::{Text, text};

/// The file's name.
pub const NAME: &str = "gardefou.lock";

/// The layout that this version reads and writes.
const VERSION: i64 = 1;
/// So large a lock is none.
const MOST_BYTES: u64 = 4 << 20;

/// What to do about most faults.
fn remedy() -> Text {
    Text::new(
        "review the policy, then run `gardefou policy lock`",
        "relisez la politique, puis lancez `gardefou policy lock`",
    )
}

/// One pinned policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// Its path, from the folder of the lock, with `/`.
    pub path: String,
    /// Hash of its file, in hexadecimal digits.
    pub sha256: String,
    /// The contract that it was loaded under.
    pub contract: String,
    /// Ids of its rules, sorted: for those who review the lock.
    pub rules: Vec<String>,
}

/// A lock that was read.
#[derive(Debug, Clone)]
pub struct Lock {
    folder: PathBuf,
    shown: String,
    pinned: Vec<(Pin, Places)>,
}

#[derive(Debug, Clone, Copy)]
struct Places {
    path: Place,
    sha256: Place,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<i64>,
    #[serde(default)]
    policy: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: Spanned<String>,
    sha256: Spanned<String>,
    contract: String,
    rules: Vec<String>,
}

impl Lock {
    /// Reads the lock of a folder; none when there is no such file.
    ///
    /// # Errors
    /// When it is there and cannot be read: then no policy of others may run. `root` is where shown paths start.
    pub fn read(folder: &Path, root: &Path, sources: &Sources) -> Result<Option<Self>, Problem> {
        let file = folder.join(NAME);
        if file.symlink_metadata().is_err() {
            return Ok(None);
        }
        let shown = config::shown(&file, root);
        let unreadable = |why: Text| {
            let message = text!(
                "the lock `{shown}` could not be read: {why}",
                "le verrou `{shown}` n’a pas pu être lu : {why}";
                why
            );
            Problem::error(ProblemCode::Policy, message).in_file(shown.as_str())
        };
        let bytes = discover::bytes(&file, MOST_BYTES).map_err(&unreadable)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(unreadable(text!(
                "it is larger than {} MiB",
                "il dépasse {} Mio",
                MOST_BYTES >> 20
            )));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| unreadable(Text::new("it is not UTF-8", "il n’est pas en UTF-8")))?;
        let source = sources.add(shown.as_str(), text.as_str());
        let pinned = parse(source, &text)?;
        Ok(Some(Self {
            folder: folder.to_owned(),
            shown,
            pinned,
        }))
    }

    /// What it pins, in the order of the file.
    pub fn pins(&self) -> impl Iterator<Item = &Pin> {
        self.pinned.iter().map(|(pin, _)| pin)
    }

    /// Is this the file that was reviewed? `path` is where it really lies, `named` the place that names it.
    ///
    /// # Errors
    /// When the lock does not name it, or pins another content.
    pub(super) fn check(
        &self,
        path: &Path,
        bytes: &[u8],
        shown: &str,
        named: Option<Place>,
    ) -> Result<(), Problem> {
        let path = config::shown(path, &self.folder);
        let Some((pin, places)) = self.pinned.iter().find(|(pin, _)| pin.path == path) else {
            let message = text!(
                "policy {shown} is not pinned in {}",
                "la politique {shown} n’est pas épinglée dans {}",
                self.shown
            );
            let problem = Problem::error(ProblemCode::Policy, message).help(remedy());
            return Err(match named {
                Some(place) => problem.at(place),
                None => problem.in_file(self.shown.as_str()),
            });
        };
        let found = hex(&hash(bytes));
        if found == pin.sha256 {
            return Ok(());
        }
        let message = text!(
            "policy {shown} is not the file that was pinned: its SHA-256 is {found}",
            "la politique {shown} n’est pas le fichier épinglé : son SHA-256 est {found}"
        );
        Err(Problem::error(ProblemCode::Policy, message)
            .at(places.sha256)
            .help(Text::new("if the change is wanted, review it and run `gardefou policy lock`; else restore the file", "si le changement est voulu, relisez-le et lancez `gardefou policy lock` ; sinon, rétablissez le fichier")))
    }

    /// Pinned policies that nobody names any more.
    pub(super) fn missing(&self, given: &[Named]) -> Vec<Problem> {
        let given: Vec<String> = given
            .iter()
            .map(|named| config::shown(&named.path, &self.folder))
            .collect();
        let missing = self
            .pinned
            .iter()
            .filter(|(pin, _)| !given.contains(&pin.path));
        missing
            .map(|(pin, places)| {
                let message = text!(
                    "{} pins {}, which is not there or not named",
                    "{} épingle {}, qui n’est pas là ou que personne ne nomme",
                    self.shown,
                    pin.path
                );
                Problem::error(ProblemCode::Policy, message).at(places.path).help(
                    Text::new("name it with --policy or in [policies], or run `gardefou policy lock` to forget it", "nommez-la avec --policy ou dans [policies], ou lancez `gardefou policy lock` pour l’oublier"),
                )
            })
            .collect()
    }
}

fn parse(source: SourceId, text: &str) -> Result<Vec<(Pin, Places)>, Problem> {
    let place = |range: std::ops::Range<usize>| {
        Place::new(source, Span::new(range.start as u32, range.end as u32))
    };
    let fault = |message: Text, range| {
        Problem::error(ProblemCode::Policy, message)
            .at(place(range))
            .help(Text::new(
                "`gardefou policy lock` writes it anew",
                "`gardefou policy lock` le réécrit",
            ))
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let message = text!(
            "the lock is not as it must be: {}",
            "le verrou n’est pas comme il doit être : {}",
            error.message().trim()
        );
        fault(message, error.span().unwrap_or(0..0))
    })?;
    if *file.version.get_ref() != VERSION {
        let message = text!(
            "this version reads locks of version {VERSION}",
            "cette version lit les verrous de version {VERSION}"
        );
        return Err(fault(message, file.version.span()));
    }
    let mut pinned: Vec<(Pin, Places)> = Vec::new();
    for entry in file.policy {
        let is_hash = entry.sha256.get_ref().len() == 64
            && entry
                .sha256
                .get_ref()
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash {
            let message = Text::new(
                "a SHA-256 is 64 hexadecimal digits, in small letters",
                "un SHA-256 compte 64 chiffres hexadécimaux, en minuscules",
            );
            return Err(fault(message, entry.sha256.span()));
        }
        if pinned
            .iter()
            .any(|(pin, _)| pin.path == *entry.path.get_ref())
        {
            let message = text!(
                "`{}` is pinned twice",
                "`{}` est épinglée deux fois",
                entry.path.get_ref()
            );
            return Err(fault(message, entry.path.span()));
        }
        let places = Places {
            path: place(entry.path.span()),
            sha256: place(entry.sha256.span()),
        };
        let pin = Pin {
            path: entry.path.into_inner(),
            sha256: entry.sha256.into_inner(),
            contract: entry.contract,
            rules: entry.rules,
        };
        pinned.push((pin, places));
    }
    Ok(pinned)
}

/// The text of a lock: the same pins give the same bytes.
pub fn text(pins: &[Pin]) -> String {
    let mut pins: Vec<&Pin> = pins.iter().collect();
    pins.sort_by(|a, b| a.path.cmp(&b.path));
    let mut text = format!(
        "# Written by `gardefou policy lock`: which policies were reviewed. Commit it.\nversion = {VERSION}\n"
    );
    for pin in pins {
        let rules: Vec<String> = pin.rules.iter().map(|rule| quoted(rule)).collect();
        // Writing to a string does not fail.
        _ = write!(
            text,
            "\n[[policy]]\npath = {}\nsha256 = {}\ncontract = {}\nrules = [{}]\n",
            quoted(&pin.path),
            quoted(&pin.sha256),
            quoted(&pin.contract),
            rules.join(", ")
        );
    }
    text
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            control if control.is_control() => _ = write!(out, "\\u{:04X}", u32::from(control)),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Pins these policies as they are now; each has to load. Paths are from `folder`, where the lock will lie.
///
/// # Errors
/// What keeps a policy from being loaded: all of it.
pub fn pins(named: &[Named], folder: &Path, engine: &Engine) -> Result<Vec<Pin>, Vec<Problem>> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut engine = engine.clone();
    let mut pins = BTreeMap::new();
    let mut problems = Vec::new();
    for one in named {
        match pin(one, &folder, &mut engine) {
            Ok(pin) => _ = pins.insert(pin.path.clone(), pin),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(pins.into_values().collect())
    } else {
        Err(problems)
    }
}

fn pin(named: &Named, folder: &Path, engine: &mut Engine) -> Result<Pin, Problem> {
    let bytes = engine.bytes(&named.path, &named.shown)?;
    engine.load_bytes(&bytes, &named.shown)?;
    let mut rules: Vec<String> = engine
        .rules()
        .iter()
        .filter(|rule| *rule.policy == *named.shown)
        .map(|rule| rule.id.clone())
        .collect();
    rules.sort();
    Ok(Pin {
        path: config::shown(&named.path, folder),
        sha256: hex(&hash(&bytes)),
        contract: CONTRACT.to_owned(),
        rules,
    })
}

/// Writes the lock of a folder: another name first, so that nobody reads half of it.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write(folder: &Path, pins: &[Pin]) -> io::Result<PathBuf> {
    let file = folder.join(NAME);
    let temporary = folder.join(format!(".{NAME}.{}", std::process::id()));
    let written =
        std::fs::write(&temporary, text(pins)).and_then(|()| std::fs::rename(&temporary, &file));
    if written.is_err() {
        _ = std::fs::remove_file(&temporary);
    }
    written.map(|()| file)
}
