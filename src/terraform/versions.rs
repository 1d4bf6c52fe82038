//! Version constraints, as Terraform reads them: `~> 3.1`, `>= 2.0, != 2.4.1`.

/// A version: its numbers, and what follows a `-`.
struct Version<'a> {
    numbers: [u64; 3],
    /// How many numbers are written.
    written: usize,
    pre: &'a str,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(before, _)| before);
        let (numbers, pre) = text.split_once('-').unwrap_or((text, ""));
        let mut version = Self {
            numbers: [0; 3],
            written: 0,
            pre,
        };
        for number in numbers.split('.') {
            *version.numbers.get_mut(version.written)? = number.parse().ok()?;
            version.written += 1;
        }
        Some(version)
    }
}

/// Does a constraint allow a version? One that cannot be read forbids nothing: Terraform says what is wrong with it.
pub(super) fn allows(constraint: &str, version: &str) -> bool {
    let Some(version) = Version::parse(version) else {
        return true;
    };
    constraint
        .split(',')
        .all(|one| allows_one(one.trim(), &version).unwrap_or(true))
}

fn allows_one(constraint: &str, version: &Version<'_>) -> Option<bool> {
    let at = constraint
        .find(|c: char| !matches!(c, '<' | '>' | '=' | '!' | '~'))
        .unwrap_or(constraint.len());
    let (operator, wanted) = constraint.split_at_checked(at)?;
    let wanted = Version::parse(wanted)?;
    // A version that is not released yet is part of a range only when the range names one of the same numbers.
    if !version.pre.is_empty() && matches!(operator, ">" | ">=" | "~>") {
        return Some(!wanted.pre.is_empty() && wanted.numbers == version.numbers);
    }
    let same = version.numbers == wanted.numbers && version.pre == wanted.pre;
    let order = version.numbers.cmp(&wanted.numbers);
    Some(match operator {
        "" | "=" => same,
        "!=" => !same,
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        "~>" => {
            // All written numbers but the last stay as they are; of `~> 3` none.
            let kept = wanted.written.saturating_sub(1);
            order.is_ge() && version.numbers.get(..kept) == wanted.numbers.get(..kept)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn constraints_are_read_as_terraform_reads_them() {
        for (constraint, version, expected) in [
            ("~> 3.0", "3.9.1", true),
            ("~> 3.0", "4.0.0", false),
            ("~> 3.0", "2.3.1", false),
            ("~> 3.1.2", "3.1.9", true),
            ("~> 3.1.2", "3.2.0", false),
            ("~> 3", "3.4.0", true),
            ("~> 3", "4.0.0", true),
            (">= 2.0, < 3.0", "2.9.9", true),
            (">= 2.0, < 3.0", "3.0.0", false),
            (">= 2.0, != 2.4.1", "2.4.1", false),
            ("2.3.1", "2.3.1", true),
            ("= 2.3.1", "v2.3.1", true),
            ("2.3.1", "2.3.2", false),
            ("> 1", "1.0.0", false),
            ("<= 1.2", "1.2.0", true),
            (">= 1.0", "2.0.0-beta1", false),
            ("2.0.0-beta1", "2.0.0-beta1", true),
            ("what is this", "1.0.0", true),
            (">= 1.0", "no version", true),
        ] {
            assert_eq!(
                allows(constraint, version),
                expected,
                "{constraint} of {version}"
            );
        }
    }
}
