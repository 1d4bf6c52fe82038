//! From a file to a baseline: every fault is said at its place, and a baseline with a fault accepts nothing.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use super::{Baseline, Entry, SCHEMA};
use crate::config::suggest;
use crate::discover;
use crate::problem::{Problem, ProblemCode};
use crate::source::{SourceId, Sources, Span};
use crate::syntax::json::{self, Document, NodeId, NodeKind};
use crate::text::{Text, did_you_mean, text};

/// So many faults of one file are said.
const MAX_FAULTS: usize = 20;
/// So many characters of a reason are kept.
const MAX_REASON: usize = 500;

/// So large a file is no baseline: a finding takes about 300 bytes.
const MAX_SIZE: u64 = 64 << 20;

/// Reads a file, which people see as `shown`.
///
/// # Errors
/// What is wrong with it, drawn in it.
pub fn load(file: &Path, shown: &str, sources: &Sources) -> Result<Baseline, Vec<Problem>> {
    if !file.exists() {
        let message = text!(
            "there is no baseline `{shown}`",
            "il n’y a pas d’état de référence `{shown}`"
        );
        let problem = Problem::error(ProblemCode::Config, message).in_file(shown);
        return Err(vec![problem.help(Text::new(
            "`gardefou baseline create` writes it; without one, leave out --baseline, GARDEFOU_BASELINE and [baseline]",
            "`gardefou baseline create` l’écrit ; sans lui, omettez --baseline, GARDEFOU_BASELINE et [baseline]",
        ))]);
    }
    let text = discover::text(file, MAX_SIZE).map_err(|problem| {
        let why = problem.message;
        let message = text!(
            "the baseline `{shown}` could not be used: {why}",
            "l’état de référence `{shown}` n’a pas pu être utilisé : {why}"; why
        );
        vec![
            Problem::error(ProblemCode::Config, message)
                .in_file(shown)
                .help(anew()),
        ]
    })?;
    let source = sources.add(shown, text.as_str());
    parse(source, shown, sources.get(source).shared_text())
}

/// Reads a text. With a fault there is no baseline: half of one would let through or stop what nobody decided.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse(
    source: SourceId,
    path: &str,
    text: Arc<str>,
) -> Result<Baseline, Vec<Problem>> {
    let (doc, problems) = json::parse(source, text);
    let Some(root) = doc.root() else {
        let named = problems.into_iter().map(|problem| Problem {
            message: {
                let why = &problem.message;
                text!("the baseline is no JSON: {why}", "l’état de référence n’est pas du JSON : {why}"; why)
            },
            code: ProblemCode::Config,
            ..problem
        });
        return Err(named.map(|problem| problem.help(anew())).collect());
    };
    let mut reader = Reader {
        doc: &doc,
        faults: Vec::new(),
        more: 0,
    };
    let baseline = reader.baseline(root, path);
    let (mut faults, more) = (reader.faults, reader.more);
    if more > 0 {
        let message = text!(
            "the baseline `{path}` has {more} more faults",
            "l’état de référence `{path}` a encore {more} défauts"
        );
        faults.push(Problem::error(ProblemCode::Config, message).in_file(path));
    }
    match faults.is_empty() {
        true => Ok(baseline),
        false => Err(faults),
    }
}

/// What helps with a file that is none.
fn anew() -> Text {
    Text::new(
        "mend it by hand, or take it away and write it anew with `gardefou baseline create`",
        "réparez-le à la main, ou retirez-le et réécrivez-le avec `gardefou baseline create`",
    )
}

struct Reader<'a> {
    doc: &'a Document,
    faults: Vec<Problem>,
    /// Faults that are only counted.
    more: usize,
}

impl Reader<'_> {
    fn wrong(&mut self, span: Span, message: Text, help: Text) {
        if self.faults.len() >= MAX_FAULTS {
            self.more += 1;
            return;
        }
        let problem = Problem::error(ProblemCode::Config, message).at(self.doc.place(span));
        self.faults.push(problem.help(help));
    }

    fn baseline(&mut self, root: NodeId, path: &str) -> Baseline {
        let mut baseline = Baseline {
            path: path.to_owned(),
            ..Baseline::default()
        };
        self.object(
            root,
            &Text::new("a baseline", "un état de référence"),
            &["schema", "reason", "by", "until", "findings"],
        );
        match self.doc.get(root, "schema").map(|id| self.doc.node(id)) {
            Some(node) if self.doc.text(node.span) == SCHEMA.to_string() => {}
            node => {
                let span = node.map_or(self.head(root), |node| node.span);
                let message = text!(
                    "a baseline of this version has `\"schema\": {SCHEMA}`",
                    "un état de référence de cette version a `\"schema\": {SCHEMA}`"
                );
                self.wrong(span, message, anew());
            }
        }
        let reason = self.text(root, "reason", true).unwrap_or_default();
        baseline.reason = reason.chars().take(MAX_REASON).collect();
        baseline.by = self.text(root, "by", false);
        if let Some(id) = self.doc.get(root, "until")
            && let Some(text) = self.text(root, "until", false)
        {
            let span = self.doc.node(id).span;
            match text.parse() {
                Ok(day) => {
                    baseline.until = Some(day);
                    baseline.until_place = Some(self.doc.place(span));
                }
                Err(error) => self.wrong(
                    span,
                    text!("`{text}` is no day: {error}", "`{text}` n’est pas un jour"),
                    Text::new("write it as \"2026-12-31\"", "écrivez-le \"2026-12-31\""),
                ),
            }
        }
        match self.doc.get(root, "findings") {
            Some(id) if matches!(self.doc.node(id).kind, NodeKind::Array(_)) => {
                let doc = self.doc;
                let entries = doc.elements(id).iter();
                baseline.entries = entries.filter_map(|id| self.entry(*id)).collect();
            }
            found => {
                let span = found.map_or(self.head(root), |id| self.doc.node(id).span);
                let message = Text::new(
                    "a baseline has a list `findings`",
                    "un état de référence a une liste `findings`",
                );
                self.wrong(span, message, anew());
            }
        }
        baseline
    }

    fn entry(&mut self, id: NodeId) -> Option<Entry> {
        const KEYS: [&str; 10] = [
            "fingerprint",
            "rule",
            "outcome",
            "severity",
            "level",
            "address",
            "path",
            "root",
            "attribute",
            "judged",
        ];
        self.object(id, &Text::new("an entry", "une entrée"), &KEYS);
        let fingerprint = self.text(id, "fingerprint", true);
        let rule = self.text(id, "rule", true);
        let outcome = self.text(id, "outcome", true);
        let severity = self.word(id, "severity", true);
        let level = self.word(id, "level", false);
        let address = self.text(id, "address", true);
        let path = self.text(id, "path", true);
        let undetermined = match outcome.as_deref() {
            Some("violation") | None => false,
            Some("undetermined") => true,
            Some(other) => {
                let span = self.doc.get(id, "outcome").map(|id| self.doc.node(id).span);
                let message = text!("`{other}` is no outcome", "`{other}` n’est pas un résultat");
                self.wrong(
                    span.unwrap_or_default(),
                    message,
                    Text::new(
                        "it is violation or undetermined",
                        "c’est violation ou undetermined",
                    ),
                );
                false
            }
        };
        let mut judged = self.texts(id, "judged");
        judged.sort_unstable();
        Some(Entry {
            fingerprint: fingerprint?,
            rule: rule?,
            undetermined,
            severity: severity?,
            level,
            address: address?,
            path: path?,
            root: self.text(id, "root", false),
            attribute: self.text(id, "attribute", false),
            judged,
            place: Some(self.doc.place(self.doc.node(id).span)),
        })
    }

    /// The first character of a value: all of a file is no place to look at.
    fn head(&self, id: NodeId) -> Span {
        let start = self.doc.node(id).span.start;
        Span::new(start, start + 1)
    }

    fn object(&mut self, id: NodeId, name: &Text, allowed: &[&str]) {
        if !matches!(self.doc.node(id).kind, NodeKind::Object(_)) {
            let message = text!("{name} is an object", "{name} est un objet"; name);
            self.wrong(self.head(id), message, anew());
        }
        let doc = self.doc;
        for member in doc.members(id) {
            let key = doc.key(member);
            if !allowed.contains(&&*key) {
                let help = match suggest::closest(&key, allowed.iter().copied()) {
                    Some(near) => did_you_mean(near),
                    None => {
                        let all = allowed.join(", ");
                        text!("it has {all}", "clés connues : {all}")
                    }
                };
                let message = text!(
                    "`{key}` is no key of {name}",
                    "`{key}` n’est pas une clé de {name}"; name
                );
                self.wrong(member.key, message, help);
            }
        }
    }

    fn text(&mut self, of: NodeId, key: &str, required: bool) -> Option<String> {
        let Some(id) = self.doc.get(of, key) else {
            if required {
                let message = text!("`{key}` is missing here", "`{key}` manque ici");
                self.wrong(self.head(of), message, anew());
            }
            return None;
        };
        let text = self.doc.string(id).map(|text| text.into_owned());
        if text.is_none() {
            let message = text!("`{key}` is a text", "`{key}` est un texte");
            self.wrong(self.doc.node(id).span, message, anew());
        }
        text
    }

    fn texts(&mut self, of: NodeId, key: &str) -> Vec<String> {
        let Some(id) = self.doc.get(of, key) else {
            return Vec::new();
        };
        let doc = self.doc;
        let texts: Vec<String> = doc
            .elements(id)
            .iter()
            .filter_map(|id| doc.string(*id))
            .map(|text| text.into_owned())
            .collect();
        let is_list = matches!(doc.node(id).kind, NodeKind::Array(_));
        if !is_list || texts.len() != doc.elements(id).len() {
            self.wrong(
                doc.node(id).span,
                text!(
                    "`{key}` is a list of texts",
                    "`{key}` est une liste de textes"
                ),
                anew(),
            );
        }
        texts
    }

    fn word<T: FromStr<Err = crate::config::words::UnknownWord>>(
        &mut self,
        of: NodeId,
        key: &str,
        required: bool,
    ) -> Option<T> {
        let text = self.text(of, key, required)?;
        match text.parse() {
            Ok(word) => Some(word),
            Err(error) => {
                let span = self.doc.get(of, key).map(|id| self.doc.node(id).span);
                self.wrong(span.unwrap_or_default(), error.text(), {
                    let all = error.allowed.join(", ");
                    text!("it is one of {all}", "c’est l’un de {all}")
                });
                None
            }
        }
    }
}
