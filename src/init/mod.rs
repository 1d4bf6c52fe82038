//! The first day with Gardefou: looks at a repository and proposes a configuration, a job for its CI and a hook. Every
//! proposal says why it is made.
//!
//! Nothing here decides for people: what would change a verdict and was not asked for is proposed as a comment.

mod ask;
mod ci;
mod config;
mod look;
mod place;

use crate::config::words::{Actor, Level};
use crate::report::Lang;

pub use ask::{Given, ask};
pub use look::{Key, Place, Seen, look};
pub use place::{NotPlaced, place};

/// Where merge requests are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ci {
    /// `.github/workflows/gardefou.yml`
    Github,
    /// `.gitlab-ci.yml`
    Gitlab,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// What the organisation is; none: nobody said.
    pub actor: Option<Actor>,
    /// The level of data that nobody labelled.
    pub assume: Level,
    /// Do several clients share what is here? None: nobody said.
    pub multi_tenant: Option<bool>,
    /// The CI, if any.
    pub ci: Option<Ci>,
    /// A hook for pre-commit.
    pub hook: bool,
    /// The commit of Gardefou that CI and hook are pinned to.
    pub pin: Option<String>,
}

/// A file that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Below the top of the repository, `/` between parts.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The files that are proposed, in the order in which they are shown.
pub fn propose(seen: &Seen, choices: &Choices, lang: Lang) -> Vec<Proposal> {
    let mut all = vec![Proposal {
        path: "gardefou.toml".to_owned(),
        text: config::text(seen, choices, lang),
    }];
    let pin = choices.pin.as_deref();
    all.extend(choices.ci.map(|ci| match ci {
        Ci::Github => Proposal {
            path: ".github/workflows/gardefou.yml".to_owned(),
            text: ci::github(seen.branch.as_deref(), pin, lang),
        },
        Ci::Gitlab => Proposal {
            path: ".gitlab-ci.yml".to_owned(),
            text: ci::gitlab(pin, lang),
        },
    }));
    all.extend(choices.hook.then(|| Proposal {
        path: ".pre-commit-config.yaml".to_owned(),
        text: ci::hook(pin, lang),
    }));
    all
}

/// Stands for a commit that has to be looked up: no commit is called so.
pub const UNPINNED: &str = "0000000000000000000000000000000000000000";

/// How to find the commit of the release of this version.
pub fn find_commit() -> String {
    format!(
        "git ls-remote {} 'refs/tags/v{}^{{}}' refs/tags/v{}",
        env!("CARGO_PKG_REPOSITORY"),
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_VERSION")
    )
}
