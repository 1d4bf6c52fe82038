//! What the instances of a block have in common: what names none of them is worked out once for all.
//!
//! A block with thousands of instances mostly says the same of each. Values are cheap to copy, so all instances share what
//! the first of them worked out.

use std::cell::OnceCell;
use std::sync::Arc;

use super::eval::Evaluator;
use super::index::Body;
use crate::value::Value;

/// Which parts of a body are the same for all instances, and their values once they are known.
#[derive(Debug)]
pub(super) struct Common {
    /// One for each attribute of the body; none: it differs.
    attributes: Box<[Option<Shared<Value>>]>,
    /// One for each nested block.
    blocks: Box<[CommonBlock]>,
}

/// A nested block.
#[derive(Debug)]
enum CommonBlock {
    /// All of it is the same; a dynamic block makes several values.
    Same(Shared<Arc<[Value]>>),
    /// Some of it may be.
    Differs(Common),
}

/// Something that is worked out once.
#[derive(Debug)]
pub(super) struct Shared<T>(OnceCell<Held<T>>);

#[derive(Debug)]
struct Held<T> {
    value: T,
    /// Levels of expressions behind it.
    height: usize,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

impl Common {
    /// Of the body of a block with several instances.
    pub(super) fn of(body: &Body) -> Self {
        let attributes = body.attributes.iter();
        let blocks = body.blocks.iter();
        Self {
            attributes: attributes
                .map(|attribute| attribute.expr.is_uniform().then(Shared::default))
                .collect(),
            blocks: blocks
                .map(|block| match block.body.all_uniform() {
                    true => CommonBlock::Same(Shared::default()),
                    false => CommonBlock::Differs(Self::of(&block.body)),
                })
                .collect(),
        }
    }

    /// Where the value of an attribute is kept.
    pub(super) fn attribute(&self, at: usize) -> Option<&Shared<Value>> {
        self.attributes.get(at).and_then(Option::as_ref)
    }

    /// Where the values of a nested block are kept.
    pub(super) fn block(&self, at: usize) -> Option<&Shared<Arc<[Value]>>> {
        match self.blocks.get(at) {
            Some(CommonBlock::Same(shared)) => Some(shared),
            _ => None,
        }
    }

    /// What is common in a nested block that differs.
    pub(super) fn inside(&self, at: usize) -> Option<&Common> {
        match self.blocks.get(at) {
            Some(CommonBlock::Differs(common)) => Some(common),
            _ => None,
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Works something out, or takes what another instance worked out.
    pub(super) fn once_for_all<T: Clone>(
        &self,
        shared: Option<&Shared<T>>,
        work_out: impl FnOnce() -> T,
    ) -> T {
        let Some(Shared(cell)) = shared else {
            return work_out();
        };
        if let Some(held) = cell.get() {
            self.budget.rise(held.height);
            return held.value.clone();
        }
        let faults = self.faults.get();
        let (value, height) = self.budget.measure(work_out);
        // What is at fault may be so for one instance only: one that is part of a circle, say.
        if self.faults.get() == faults {
            let held = Held {
                value: value.clone(),
                height,
            };
            // Another instance may have been asked on the way, and come first.
            let _ = cell.set(held);
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::source::Sources;
    use crate::terraform::{Declared, FolderFiles, Options, TerraformFile, evaluate};
    use crate::value::{Path, Value};

    fn evaluated(text: &str) -> (Vec<Declared>, Vec<String>) {
        let sources = Sources::new();
        let file = TerraformFile {
            path: "main.tf".to_owned(),
            folder: String::new(),
            source: sources.add("main.tf", text),
        };
        let reader = FolderFiles::new(PathBuf::new(), 1 << 20);
        let mut estate = evaluate(&[file], &sources, &Options::default(), &reader);
        let problems = estate.problems.iter();
        let problems = problems.map(|problem| problem.message.en.to_string());
        (
            std::mem::take(&mut estate.roots[0].resources),
            problems.collect(),
        )
    }

    fn at<'r>(resource: &'r Declared, path: &str) -> &'r Value {
        let path = Path::parse(path).expect(path);
        resource.attributes.get(&path).expect("a value")
    }

    fn shown(all: &[Declared], path: &str) -> Vec<String> {
        all.iter()
            .map(|one| at(one, path).show().to_string())
            .collect()
    }

    /// Whether all have one and the same object there, not only an equal one.
    fn share(all: &[Declared], path: &str) -> bool {
        let entries = |one| at(one, path).entries().map(<[_]>::as_ptr);
        all.windows(2)
            .all(|pair| matches!(pair, [a, b] if entries(a) == entries(b)))
    }

    #[test]
    fn instances_share_what_names_none_of_them() {
        let (all, problems) = evaluated(
            r#"
resource "aws_s3_bucket" "b" {
  for_each = toset(["x", "y", "z"])
  bucket   = "data-${each.key}"
  tags     = { team = "platform" }
  own_tags = { site = each.key }
  rule {
    days   = { fixed = 1 }
    prefix = each.value
  }
  rule {
    prefix = "logs"
  }
  dynamic "grant" {
    for_each = ["r", "w"]
    content {
      options = { kind = grant.value }
    }
  }
  dynamic "owner" {
    for_each = [each.key]
    content {
      name = owner.value
    }
  }
}
"#,
        );
        assert_eq!(problems, [""; 0]);
        assert_eq!(
            shown(&all, "bucket"),
            [r#""data-x""#, r#""data-y""#, r#""data-z""#]
        );
        assert_eq!(shown(&all, "owner.name"), [r#""x""#, r#""y""#, r#""z""#]);
        assert!(share(&all, "tags"), "tags");
        assert!(!share(&all, "own_tags"), "own_tags");
        assert!(
            share(&all, "rule.days"),
            "what is the same in a block that differs"
        );
        assert!(share(&all, "grant.options"), "a dynamic block");
        for one in &all {
            let rules = at(one, "rule").elements().map(<[Value]>::len);
            assert_eq!(rules, Some(2));
            let grants = one
                .attributes
                .get_all(&Path::parse("grant.options.kind").expect("a path"));
            let grants: Vec<_> = grants.iter().filter_map(|kind| kind.as_str()).collect();
            assert_eq!(grants, ["r", "w"]);
        }
    }

    #[test]
    fn a_fault_is_shared_by_nobody_and_told_once() {
        let (all, problems) = evaluated(
            "resource \"aws_s3_bucket\" \"b\" {\n  count  = 3\n  bucket = \"b${count.index}\"\n  acl    = 1 + \"x\"\n}\n",
        );
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(all.iter().all(|one| at(one, "acl").is_unknown()));
        assert_eq!(shown(&all, "bucket"), [r#""b0""#, r#""b1""#, r#""b2""#]);
    }
}
