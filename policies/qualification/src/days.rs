//! Days between two dates, from their ISO texts: a policy has no clock and no calendar.

/// From one day to another, `2026-11-21` to `2026-11-30` being 9; negative when the second is earlier. None: one of them
/// is no day of the calendar.
pub(crate) fn between(from: &str, to: &str) -> Option<i64> {
    Some(number(to)? - number(from)?)
}

/// Days since a fixed one. Years start in March, so that a leap day is the last of its year.
fn number(day: &str) -> Option<i64> {
    let (year, month, day) = parts(day)?;
    let from_march = (month + 9) % 12;
    let year = if month <= 2 { year - 1 } else { year };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (from_march * 153 + 2) / 5 + day)
}

/// `YYYY-MM-DD` and nothing else.
fn parts(text: &str) -> Option<(i64, i64, i64)> {
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !shape || text.len() != 10 {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let last = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    (1..=last).contains(&day).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn days_are_counted_across_months_years_and_leap_days() {
        for (from, to, days) in [
            ("2026-11-21", "2026-11-21", 0),
            ("2026-11-21", "2026-11-30", 9),
            ("2026-11-30", "2026-11-21", -9),
            ("2026-11-21", "2026-12-29", 38),
            ("2026-12-31", "2027-01-01", 1),
            ("2026-01-01", "2027-01-01", 365),
            ("2028-02-28", "2028-03-01", 2),
            ("2027-02-28", "2027-03-01", 1),
            ("2028-01-01", "2029-01-01", 366),
            ("2000-02-29", "2000-03-01", 1),
            ("2100-02-28", "2100-03-01", 1),
            ("1970-01-01", "2026-11-21", 20_778),
            ("0000-01-01", "0000-12-31", 365),
        ] {
            assert_eq!(between(from, to), Some(days), "{from} to {to}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_one_after_the_day_before() {
        let mut before = "1999-12-31".to_owned();
        for year in 2000..2400 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let today = format!("{year}-{month:02}-{day:02}");
                    if let Some(days) = between(&before, &today) {
                        assert_eq!(days, 1, "{before} to {today}");
                        before = today;
                    }
                }
            }
        }
        assert_eq!(between("2000-01-01", &before), Some(146_096));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for day in [
            "",
            "2026",
            "2026-11",
            "2026-11-3",
            "2026-11-031",
            "2026/11/30",
            "2026-13-01",
            "2026-00-10",
            "2026-11-00",
            "2026-11-31",
            "2027-02-29",
            "2100-02-29",
            "-026-11-30",
            "2026-+1-30",
            "30-11-2026",
            "2026-11-30T",
            "２026-1-30",
            "2026-1\u{0661}-3",
        ] {
            assert_eq!(between("2026-11-21", day), None, "{day}");
            assert_eq!(between(day, "2026-11-21"), None, "{day}");
        }
    }
}
