//! The tags that hold in the end: those of the provider block, and over them those of the resource.

use std::sync::Arc;

use super::Asked;
use crate::terraform::eval::{Fault, parts, unknown_from};
use crate::value::{Type, Value, convert};

/// The attribute of a resource that merges both, where the provider says that it does just that.
pub(super) fn merged(asked: &Asked<'_, '_>, name: &str) -> Result<Option<Value>, Fault> {
    let def = asked.def;
    let facts = def.tags.get_or_init(|| {
        let catalog = asked.evaluator.options.catalog;
        let kind = catalog.resource_kind(&def.kind)?;
        let facts = catalog.terraform_provider(&kind.provider)?;
        let own = facts.tag_attribute.as_deref()?;
        kind.tags.iter().any(|path| path == own).then_some(facts)
    });
    let Some(facts) = facts else {
        return Ok(None);
    };
    let Some(own) = facts.tag_attribute.as_deref() else {
        return Ok(None);
    };
    if facts.merged_tag_attribute.as_deref() != Some(name) || def.block.body.writes(name) {
        return Ok(None);
    }
    for ignored in &facts.tag_ignore_paths {
        if asked.of_provider(ignored)?.is_some() {
            return Ok(None);
        }
    }
    let mut sources = Vec::new();
    for path in &facts.tag_default_paths {
        sources.extend(asked.of_provider(path)?);
    }
    // Later ones win.
    sources.extend(asked.argument(own)?);
    if let Some(unknown) = sources.iter().find(|tags| tags.is_unknown()) {
        return Ok(Some(unknown_from(
            unknown,
            Type::Map(Type::String.into()),
            asked.header(),
        )));
    }
    let origin = parts(
        asked.header(),
        sources.iter().map(|tags| tags.origin.clone()),
    );
    let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
    for tags in &sources {
        for (key, value) in tags.entries().unwrap_or_default() {
            if value.is_null() {
                continue;
            }
            let mut value = value.clone().marked(tags.marks);
            if value.origin.place.is_none() {
                value.origin = tags.origin.clone();
            }
            entries.push((Arc::clone(key), value));
        }
    }
    let merged = convert(&Value::object(entries), &Type::Map(Type::String.into()));
    Ok(merged.ok().map(|value| value.with_origin(origin)))
}
