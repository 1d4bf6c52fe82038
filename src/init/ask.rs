//! The dialogue: a question a line, with what is meant when nothing is answered.

use std::io::{self, BufRead, Write};
use std::str::FromStr;

use super::{Choices, Ci, Seen};
use crate::config::words::{Actor, Level};
use crate::report::{Lang, clean_line};

/// Longer answers are none.
const LONGEST: u64 = 1000;
/// Wrong answers to one question before the whole is given up.
const TRIES: usize = 3;

/// What is known without asking.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// `--actor`
    pub actor: Option<Actor>,
    /// `--assume`
    pub assume: Option<Level>,
    /// `--ci`; the inner none: no CI.
    pub ci: Option<Option<Ci>>,
    /// `--hook`, `--no-hook`
    pub hook: Option<bool>,
    /// `--pin`
    pub pin: Option<String>,
}

impl Given {
    /// What is meant where nobody is asked: of what decides verdicts, nothing that was not given.
    pub fn choices(self, seen: &Seen) -> Choices {
        Choices {
            actor: self.actor,
            assume: self.assume.unwrap_or(Level::Personal),
            multi_tenant: None,
            ci: self.ci.unwrap_or_else(|| usual_ci(seen)),
            hook: self.hook.unwrap_or(seen.pre_commit),
            pin: self.pin,
        }
    }
}

fn usual_ci(seen: &Seen) -> Option<Ci> {
    match (seen.github, seen.gitlab) {
        (true, _) => Some(Ci::Github),
        (false, true) => Some(Ci::Gitlab),
        (false, false) => None,
    }
}

/// Asks for what was not given. None: whoever was asked went away.
///
/// # Errors
/// When the terminal cannot be read or written.
pub fn ask(
    seen: &Seen,
    given: Given,
    lang: Lang,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> io::Result<Option<Choices>> {
    let mut usual = given.clone().choices(seen);
    let mut dialogue = Dialogue { input, out, lang };
    if given.actor.is_none() {
        let question = lang.pick(
            "What is the organisation before the law?",
            "Qu’est l’organisation au regard de la loi ?",
        );
        let words = Actor::WORDS.join(", ");
        let Some(actor) = dialogue.ask(question, &words, "-", |text| match text {
            "-" => Some(None),
            word => Actor::from_str(word).ok().map(Some),
        })?
        else {
            return Ok(None);
        };
        usual.actor = actor;
    }
    if given.assume.is_none() {
        let question = lang.pick(
            "How sensitive is data that nobody labelled?",
            "Quelle est la sensibilité des données que personne n’a étiquetées ?",
        );
        let words = "public, internal, personal, health, particular";
        let level = |text: &str| {
            Level::from_str(text)
                .ok()
                .filter(|level| *level != Level::Beyond)
        };
        let Some(level) = dialogue.ask(question, words, usual.assume.as_str(), level)? else {
            return Ok(None);
        };
        usual.assume = level;
    }
    let question = lang.pick(
        "Do several clients share this estate?",
        "Plusieurs clients partagent-ils cet ensemble ?",
    );
    let Some(several) = dialogue.yes_or_no(question, seen.tenants.len() > 1)? else {
        return Ok(None);
    };
    usual.multi_tenant = Some(several);
    if given.ci.is_none() {
        let question = lang.pick("A job for which CI?", "Une tâche pour quelle CI ?");
        let default = match usual.ci {
            Some(Ci::Github) => "github",
            Some(Ci::Gitlab) => "gitlab",
            None => "none",
        };
        let Some(ci) = dialogue.ask(
            question,
            "github, gitlab, none",
            default,
            |text| match text {
                "github" => Some(Some(Ci::Github)),
                "gitlab" => Some(Some(Ci::Gitlab)),
                "none" | "aucune" => Some(None),
                _ => None,
            },
        )?
        else {
            return Ok(None);
        };
        usual.ci = ci;
    }
    if given.hook.is_none() {
        let question = lang.pick("A hook for pre-commit?", "Un hook pour pre-commit ?");
        let Some(hook) = dialogue.yes_or_no(question, usual.hook)? else {
            return Ok(None);
        };
        usual.hook = hook;
    }
    Ok(Some(usual))
}

struct Dialogue<'a> {
    input: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
    lang: Lang,
}

impl Dialogue<'_> {
    fn yes_or_no(&mut self, question: &str, default: bool) -> io::Result<Option<bool>> {
        let (yes, no) = (self.lang.pick("yes", "oui"), self.lang.pick("no", "non"));
        let default = if default { yes } else { no };
        let words = format!("{yes}, {no}");
        self.ask(question, &words, default, |text| match text {
            "y" | "yes" | "o" | "oui" => Some(true),
            "n" | "no" | "non" => Some(false),
            _ => None,
        })
    }

    /// An empty answer means the default; a wrong one is asked for again. None: there is nobody any more.
    fn ask<T>(
        &mut self,
        question: &str,
        words: &str,
        default: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> io::Result<Option<T>> {
        let or_nothing = if default == "-" {
            self.lang
                .pick("; nothing: say nothing", " ; rien : ne rien dire")
        } else {
            ""
        };
        writeln!(self.out, "{question}\n  {words}{or_nothing}")?;
        for _ in 0..TRIES {
            match default {
                "-" => write!(self.out, "> ")?,
                default => write!(self.out, "[{default}] > ")?,
            }
            self.out.flush()?;
            let mut line = Vec::new();
            let mut bounded = io::Read::take(&mut *self.input, LONGEST);
            if bounded.read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            let text = String::from_utf8_lossy(&line);
            let answer = match text.trim() {
                "" => default.to_owned(),
                text => text.to_lowercase(),
            };
            if let Some(read) = read(&answer) {
                return Ok(Some(read));
            }
            let not_one = self.lang.pick("is none of:", "n’est pas dans :");
            writeln!(self.out, "  `{}` {not_one} {words}", clean_line(&answer))?;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(seen: &Seen, given: Given, lang: Lang, answers: &str) -> (Option<Choices>, String) {
        let mut said = Vec::new();
        let choices = ask(seen, given, lang, &mut answers.as_bytes(), &mut said);
        (
            choices.expect("no trouble"),
            String::from_utf8(said).expect("text"),
        )
    }

    #[test]
    fn nothing_answered_means_what_is_shown() {
        let seen = Seen {
            github: true,
            ..Seen::default()
        };
        let (choices, said) = talk(&seen, Given::default(), Lang::En, "\n\n\n\n\n");
        let expected = Choices {
            multi_tenant: Some(false),
            ..Given::default().choices(&seen)
        };
        assert_eq!(choices, Some(expected));
        assert!(
            said.contains("[personal] > ") && said.contains("[github] > "),
            "{said}"
        );
    }

    #[test]
    fn answers_are_heard_in_french_too() {
        let (choices, said) = talk(
            &Seen::default(),
            Given::default(),
            Lang::Fr,
            "Health-Body\nsante\nhealth\noui\naucune\no\n",
        );
        let choices = choices.expect("answered");
        assert_eq!(choices.actor, Some(Actor::HealthBody));
        assert_eq!(
            (choices.assume, choices.multi_tenant),
            (Level::Health, Some(true))
        );
        assert_eq!((choices.ci, choices.hook), (None, true));
        assert!(said.contains("`sante` n’est pas dans"), "{said}");
    }

    #[test]
    fn what_is_given_is_not_asked() {
        let given = Given {
            actor: Some(Actor::Gip),
            assume: Some(Level::Health),
            ci: Some(None),
            hook: Some(false),
            pin: None,
        };
        let (choices, said) = talk(&Seen::default(), given, Lang::En, "yes\n");
        assert_eq!(choices.and_then(|all| all.multi_tenant), Some(true));
        assert_eq!(said.matches("> ").count(), 1, "{said}");
    }

    #[test]
    fn whoever_goes_away_gets_nothing() {
        for answers in ["", "private\n", "x\ny\nz\nprivate\n\n\n\n\n", "\u{1b}[2J\n"] {
            let (choices, said) = talk(&Seen::default(), Given::default(), Lang::En, answers);
            assert_eq!(choices, None, "{answers}");
            assert!(!said.contains('\u{1b}'));
        }
    }
}
