//! Calendar days: ends of waivers, attestations and qualifications.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day, written `2026-11-30`. Ordered as the calendar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day that exists in the calendar, or nothing.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if day == 0 || day > last || year > 9999 {
            None
        } else {
            Some(Self { year, month, day })
        }
    }

    /// The last day that can be written.
    pub const LAST: Self = Self {
        year: 9999,
        month: 12,
        day: 31,
    };

    /// The day (in UTC) of a time counted in seconds since 1970.
    pub fn of_unix_time(seconds: u64) -> Option<Self> {
        let epoch = Self {
            year: 1970,
            month: 1,
            day: 1,
        };
        let wanted = epoch.ordinal() + i64::try_from(seconds / 86_400).ok()?;
        // A year has 365.2425 days; the estimate is right or one year late.
        let guess = u16::try_from(wanted * 400 / 146_097).ok()?;
        (guess.saturating_sub(1)..=guess + 1)
            .rev()
            .flat_map(|year| {
                (1..=12)
                    .rev()
                    .filter_map(move |month| Self::new(year, month, 1))
            })
            .find(|first| first.ordinal() <= wanted)
            .and_then(|first| {
                let day = u8::try_from(wanted - first.ordinal() + 1).ok()?;
                Self::new(first.year, first.month, day)
            })
    }

    /// Days since 0000-03-01; only differences mean something.
    fn ordinal(self) -> i64 {
        // Counting the year from March puts the leap day last, which makes the month lengths a linear formula.
        let shift = i64::from(self.month <= 2);
        let year = i64::from(self.year) - shift;
        let month = i64::from(self.month) + 12 * shift - 3;
        year * 365 + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + i64::from(self.day)
    }

    /// Days from this day to `later`; negative when it lies before.
    pub fn days_until(self, later: Self) -> i64 {
        later.ordinal() - self.ordinal()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The text is no day of the calendar in the form `2026-11-30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a day such as 2026-11-30")]
pub struct NotADate;

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let is_shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let number = |range: std::ops::Range<usize>| {
            text.get(range).and_then(|part| part.parse::<u16>().ok())
        };
        let small = |range| number(range).and_then(|part| u8::try_from(part).ok());
        match (is_shaped, number(0..4), small(5..7), small(8..10)) {
            (true, Some(year), Some(month), Some(day)) => {
                Self::new(year, month, day).ok_or(NotADate)
            }
            _ => Err(NotADate),
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.collect_str(self)
        } else {
            (self.year, self.month, self.day).serialize(to)
        }
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            String::deserialize(from)?.parse().map_err(D::Error::custom)
        } else {
            let (year, month, day) = <(u16, u8, u8)>::deserialize(from)?;
            Self::new(year, month, day).ok_or_else(|| D::Error::custom(NotADate))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn only_days_of_the_calendar_are_days() {
        assert!("2024-02-29".parse::<Date>().is_ok());
        for wrong in [
            "2023-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "26-01-01",
            "2026-01-01T00",
            "+026-01-01",
        ] {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_are_ordered_and_counted() {
        assert!(day("2026-11-30") < day("2026-12-01"));
        assert_eq!(day("2026-02-28").days_until(day("2026-03-01")), 1);
        assert_eq!(day("2024-02-28").days_until(day("2024-03-01")), 2);
        assert_eq!(day("2027-01-01").days_until(day("2026-01-01")), -365);
    }

    #[test]
    fn the_clock_gives_days() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_735_689_599, "2024-12-31"),
            (1_735_689_600, "2025-01-01"),
            (4_102_444_800, "2100-01-01"),
        ] {
            assert_eq!(
                Date::of_unix_time(seconds),
                Some(day(expected)),
                "{seconds}"
            );
        }
        assert_eq!(Date::of_unix_time(u64::MAX), None);
    }

    #[test]
    fn json_has_the_text() {
        assert_eq!(
            serde_json::to_string(&day("2026-11-30")).ok().as_deref(),
            Some("\"2026-11-30\"")
        );
        assert_eq!(
            serde_json::from_str::<Date>("\"2026-11-30\"").ok(),
            Some(day("2026-11-30"))
        );
    }
}
