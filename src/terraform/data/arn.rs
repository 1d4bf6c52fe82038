//! `aws_arn`: the parts of an ARN.

use super::Asked;
use crate::terraform::eval::{Fault, parts, unknown_from};
use crate::text::Text;
use crate::value::{Type, Value};

/// In the order of the ARN, after `arn`.
const PARTS: [&str; 5] = ["partition", "service", "region", "account", "resource"];

pub(super) fn answer(asked: &Asked<'_, '_>, name: &str) -> Result<Option<Value>, Fault> {
    let wanted = PARTS.iter().position(|part| *part == name);
    if wanted.is_none() && name != "id" {
        return Ok(None);
    }
    let Some(arn) = asked.argument("arn")? else {
        return Ok(None);
    };
    if arn.is_unknown() {
        return Ok(Some(unknown_from(&arn, Type::String, asked.header())));
    }
    let text = arn.as_str().unwrap_or_default();
    let all: Vec<&str> = text.splitn(6, ':').collect();
    if all.len() < 6 || all.first() != Some(&"arn") {
        let place = arn.origin.place.unwrap_or(asked.header());
        return Err(
            Fault::value(place, Text::new("this is no ARN", "ceci n’est pas un ARN")).help(
                Text::new(
                    "an ARN reads `arn:partition:service:region:account:resource`",
                    "un ARN s’écrit `arn:partition:service:région:compte:ressource`",
                ),
            ),
        );
    }
    let found = wanted.map_or(Some(&text), |at| all.get(at + 1));
    Ok(found.map(|found| {
        Value::string(*found)
            .marked(arn.marks)
            .with_origin(parts(asked.header(), [arn.origin.clone()]))
    }))
}
