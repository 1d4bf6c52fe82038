//! Periods as code writes them: numbers with a unit, counted in days.

/// Seconds of a day.
pub(super) const DAY: u64 = 86_400;

/// What the units of a duration are in seconds.
const UNITS: [(char, u64); 4] = [('s', 1), ('m', 60), ('h', 3_600), ('d', DAY)];

/// Seconds of `720h`, `1h30m`, `2592000s`; a number without a unit counts so many seconds each.
pub(super) fn seconds(text: &str, bare: u64) -> Option<u64> {
    let mut rest = text.trim();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit());
        let (number, after) = rest.split_at(end.unwrap_or(rest.len()));
        let number: u64 = number.parse().ok()?;
        let mut after = after.chars();
        let unit = match after.next() {
            None if total == 0 => bare,
            None => return None,
            Some(unit) => UNITS.iter().find(|(known, _)| *known == unit)?.1,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = after.as_str();
    }
    (!text.trim().is_empty()).then_some(total)
}

/// Days that so many seconds take up.
pub(super) fn days(seconds: u64) -> Option<u32> {
    u32::try_from(seconds.div_ceil(DAY)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        assert_eq!(seconds("720h", 1), Some(30 * DAY));
        assert_eq!(seconds("1h30m", 1), Some(5_400));
        assert_eq!(seconds("90", DAY), Some(90 * DAY));
        assert_eq!(seconds("0", 1), Some(0));
        for wrong in [
            "",
            " ",
            "h",
            "10x",
            "1h30",
            "-5",
            "99999999999999999999",
            "9999999999999999d",
        ] {
            assert_eq!(seconds(wrong, 1), None, "{wrong}");
        }
        assert_eq!(days(1), Some(1));
        assert_eq!(days(DAY * 2), Some(2));
    }
}
