//! From bytes to text: limits, encodings, and what to say of what is no text.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{Kind, Options, classify};
use crate::problem::{Problem, ProblemCode};
use crate::text::{Text, text, why_not};

/// What helps with a file that is too large.
pub(super) fn smaller() -> Text {
    Text::new(
        "split it, or name it in `.gardefouignore` when nothing in it is applied",
        "découpez-le, ou nommez-le dans `.gardefouignore` si rien n’y est appliqué",
    )
}

/// How standard input is named to people.
pub const STDIN: &str = "<stdin>";

/// The content of a file, or as much of it as tells that it is too large.
pub(super) struct Bytes {
    bytes: Vec<u8>,
    /// Of the whole file, where that is known without reading it.
    len: u64,
    /// The start as UTF-8, when the file is UTF-16.
    sniff: Option<Vec<u8>>,
}

impl Bytes {
    /// Reads a regular file, within the limit of its kind. What turns out to be a plan or a state is read on.
    ///
    /// # Errors
    /// When it cannot be read or is no regular file, in words.
    pub(super) fn of_file(path: &Path, kind: Kind, options: &Options) -> Result<Self, Text> {
        let (mut file, len) = open(path)?;
        if kind.is_recorded() && len > options.max_recorded {
            return Ok(Self {
                bytes: Vec::new(),
                len,
                sniff: None,
            });
        }
        Self::of(&mut file, len, options).map_err(words)
    }

    fn of(from: &mut dyn Read, len: u64, options: &Options) -> std::io::Result<Self> {
        let first = options.max_file.saturating_add(1);
        let mut bytes = Vec::new();
        bytes.reserve_exact(len.min(first) as usize + 1);
        from.take(first).read_to_end(&mut bytes)?;
        let mut all = Self {
            sniff: utf16(&bytes).map(|text| text.into_bytes()),
            len: len.max(bytes.len() as u64),
            bytes,
        };
        if all.bytes.len() as u64 == first
            && len <= options.max_recorded
            && Kind::of_content(all.sniff()).is_some_and(Kind::is_recorded)
        {
            let rest = options.max_recorded.saturating_add(1) - first;
            all.bytes
                .reserve_exact(len.saturating_sub(first) as usize + 1);
            from.take(rest).read_to_end(&mut all.bytes)?;
            all.len = len.max(all.bytes.len() as u64);
        }
        Ok(all)
    }

    /// How long the file is; at least one more than a limit that it passes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// What tells the kind of the file.
    pub(super) fn sniff(&self) -> &[u8] {
        self.sniff.as_deref().unwrap_or(&self.bytes)
    }

    /// # Errors
    /// When it is neither UTF-8 nor a UTF-16 that says so.
    pub(super) fn into_text(self, shown: &str, limit: u64) -> Result<String, Problem> {
        // PowerShell writes what it redirects as UTF-16. Terraform reads no code in it.
        let Some(text) = self.sniff.is_some().then(|| utf16(&self.bytes)).flatten() else {
            return decoded(self.bytes, shown);
        };
        if text.len() as u64 > limit {
            let message = too_large(shown, limit);
            let problem = Problem::error(ProblemCode::Limit, message).help(smaller());
            return Err(problem.in_file(shown));
        }
        Ok(text)
    }
}

/// Reads a pipe to its end, or to its limit.
///
/// # Errors
/// When it fails, or holds nothing.
pub(super) fn piped(pipe: &mut dyn Read, options: &Options) -> Result<Bytes, Problem> {
    let bytes = Bytes::of(pipe, 0, options).map_err(|error| unreadable(STDIN, &words(error)))?;
    if bytes.bytes.trim_ascii().is_empty() {
        let message = Text::new(
            "standard input is empty: nothing was read",
            "l’entrée standard est vide : rien n’a été lu",
        );
        return Err(Problem::error(ProblemCode::Unreadable, message)
            .help(Text::new(
                "the command before the pipe may have failed; `set -o pipefail` shows it",
                "la commande avant le tube a peut-être échoué ; `set -o pipefail` le montre",
            ))
            .in_file(STDIN));
    }
    Ok(bytes)
}

/// The text of a file that was named by hand, within the bounds of those that were found.
///
/// # Errors
/// When it cannot be read, is no regular file, is larger than `limit` bytes, or is no UTF-8.
pub fn text(path: &Path, limit: u64) -> Result<String, Problem> {
    let shown = path.display().to_string();
    let bytes = bytes(path, limit).map_err(|message| unreadable(&shown, &message))?;
    if bytes.len() as u64 > limit {
        let message = too_large(&shown, limit);
        return Err(Problem::error(ProblemCode::Limit, message).in_file(shown));
    }
    decoded(bytes, &shown)
}

/// The bytes of a regular file: at most one more than the limit, so that the caller sees that there is more.
///
/// # Errors
/// When it cannot be read or is no regular file, in words.
pub fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Text> {
    let (file, len) = open(path)?;
    let mut bytes = Vec::with_capacity(len.min(limit) as usize + 1);
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(words)?;
    Ok(bytes)
}

fn open(path: &Path) -> Result<(File, u64), Text> {
    // A pipe or a device would block or never end.
    let about = std::fs::metadata(path).map_err(words)?;
    if !about.is_file() {
        return Err(Text::new(
            "it is no regular file",
            "ce n’est pas un fichier ordinaire",
        ));
    }
    Ok((File::open(path).map_err(words)?, about.len()))
}

fn words(error: std::io::Error) -> Text {
    why_not(error.kind())
}

fn decoded(bytes: Vec<u8>, shown: &str) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Problem::error(
            ProblemCode::Encoding,
            text!(
                "`{shown}` is not UTF-8 (line {line}) and was not read",
                "`{shown}` n’est pas en UTF-8 (ligne {line}) et n’a pas été lu"
            ),
        )
        .help(Text::new(
            "save the file as UTF-8",
            "enregistrez le fichier en UTF-8",
        ))
        .in_file(shown)
    })
}

/// A JSON text in UTF-16 with its mark, as UTF-8; none for every other text. What is no character becomes the sign for
/// that, as everywhere else.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (rest, unit): (_, fn([u8; 2]) -> u16) = match bytes.split_first_chunk::<2>()? {
        ([0xFF, 0xFE], rest) => (rest, u16::from_le_bytes),
        ([0xFE, 0xFF], rest) => (rest, u16::from_be_bytes),
        _ => return None,
    };
    let units = rest.chunks_exact(2).filter_map(|pair| pair.try_into().ok());
    let text = char::decode_utf16(units.map(unit))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect::<String>();
    text.trim_start().starts_with('{').then_some(text)
}

pub(super) fn unreadable(shown: &str, why: &Text) -> Problem {
    Problem::error(
        ProblemCode::Unreadable,
        text!("`{shown}` could not be read: {why}", "`{shown}` n’a pas pu être lu : {why}"; why),
    )
    .in_file(shown)
}

pub(super) fn too_large(shown: &str, limit: u64) -> Text {
    let size = size(limit);
    text!(
        "`{shown}` is larger than {size} and was not read",
        "`{shown}` dépasse {size} et n’a pas été lu";
        size
    )
}

/// Files that give modules their values, in a language that is not read here: what modules say by themselves is not all.
pub(super) fn orchestrated(first: &str, more: usize) -> Problem {
    let message = match more {
        0 => text!(
            "`{first}` is not evaluated: modules are judged without the values and providers that it gives them",
            "`{first}` n’est pas évalué : les modules sont jugés sans les valeurs ni les fournisseurs qu’il leur donne"
        ),
        more => text!(
            "`{first}` and {more} more such files are not evaluated: modules are judged without the values and providers that they give them",
            "`{first}` et {more} autres fichiers de ce type ne sont pas évalués : les modules sont jugés sans les valeurs ni les fournisseurs qu’ils leur donnent"
        ),
    };
    Problem::warning(ProblemCode::MissingVariable, message)
        .gap()
        .in_file(first)
        .help(Text::new(
            "scan the plans that are made of them: `terragrunt show -json`, or the JSON plan of each deployment",
            "analysez les plans qui en sont faits : `terragrunt show -json`, ou le plan JSON de chaque déploiement",
        ))
}

/// A plan that only Terraform can read. One that lies about beside the code takes nothing away from it.
pub(super) fn archive(shown: &str, is_named: bool) -> Problem {
    let message = text!(
        "`{shown}` is a binary plan, which only Terraform can read",
        "`{shown}` est un plan binaire, que seul Terraform sait lire"
    );
    let problem = if is_named {
        Problem::error(ProblemCode::Unreadable, message)
    } else {
        Problem::warning(ProblemCode::Unreadable, message).gap()
    };
    let named = (shown != STDIN).then_some(shown);
    let help = Text::each(|lang| {
        let scan = lang.pick("scan its JSON form:", "analysez sa forme JSON :");
        let file = named.unwrap_or(lang.pick("FILE", "FICHIER"));
        format!("{scan} `terraform show -json {file} > plan.json`")
    });
    problem.help(help).in_file(shown)
}

/// What came through a pipe and is of no use.
pub(super) fn strange(bytes: &Bytes) -> Problem {
    let (message, help) = if classify::looks_like_code(bytes.sniff()) {
        (
            Text::new(
                "standard input holds Terraform code, which is read from files only",
                "l’entrée standard contient du code Terraform, qui ne se lit que dans des fichiers",
            ),
            Text::new(
                "scan the folder that holds it: what it calls and its values lie there too",
                "analysez le dossier qui le contient : ce qu’il appelle et ses valeurs s’y trouvent aussi",
            ),
        )
    } else {
        (
            Text::new(
                "standard input is neither a plan nor a state nor Kubernetes objects",
                "l’entrée standard n’est ni un plan, ni un état, ni des objets Kubernetes",
            ),
            Text::new(
                "pipe in what `terraform show -json` or `kubectl get -o yaml` prints",
                "passez-y ce qu’affiche `terraform show -json` ou `kubectl get -o yaml`",
            ),
        )
    };
    Problem::error(ProblemCode::Unreadable, message)
        .help(help)
        .in_file(STDIN)
}

/// A file that was given by hand, and holds nothing of what a scan reads.
pub(super) fn of_no_use(shown: &str) -> Problem {
    let message = text!(
        "`{shown}` was named and is not judged: it is neither Terraform code nor a plan, a state or Kubernetes objects",
        "`{shown}` a été nommé et n’est pas jugé : ce n’est ni du code Terraform, ni un plan, un état ou des objets Kubernetes"
    );
    Problem::error(ProblemCode::Unreadable, message)
        .help(Text::new(
            "leave it out, or name what `terraform show -json` or `kubectl get -o yaml` prints; of a folder that is named, only what can be read is",
            "ne le nommez pas, ou nommez ce qu’affiche `terraform show -json` ou `kubectl get -o yaml` ; d’un dossier nommé, seul ce qui se lit est lu",
        ))
        .in_file(shown)
}

fn size(bytes: u64) -> Text {
    match bytes {
        0..1024 => text!("{bytes} bytes", "{bytes} octets"),
        1024..1_048_576 => text!("{} KiB", "{} Kio", bytes >> 10),
        1_048_576..1_073_741_824 => text!("{} MiB", "{} Mio", bytes >> 20),
        _ => text!("{} GiB", "{} Gio", bytes >> 30),
    }
}
