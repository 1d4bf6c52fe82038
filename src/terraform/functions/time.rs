//! Functions over points in time (RFC 3339) and durations (Go's notation).

use super::{Call, Function, FunctionError, Kind, Outcome, Param, not_evaluated};
use crate::text::{Text, text};
use crate::value::{Number, Type, Value};

const TEXT: Param = Param::new(Kind::String);

pub(super) const ALL: &[Function] = &[
    Function::new("formatdate", &[TEXT, TEXT], Kind::String, format_date),
    // The clock must not decide what a scan finds.
    Function::new("plantimestamp", &[], Kind::String, |_| {
        Ok(not_evaluated("plantimestamp", Type::String, None))
    }),
    Function::new("timeadd", &[TEXT, TEXT], Kind::String, time_add).or_null(),
    Function::new("timecmp", &[TEXT, TEXT], Kind::Number, time_compare),
    Function::new("timestamp", &[], Kind::String, |_| {
        Ok(not_evaluated("timestamp", Type::String, None))
    }),
];

const NANOS: i128 = 1_000_000_000;
const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// 1 January 1970 was a Thursday.
const WEEKDAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];

/// A point in time, and the offset it was written with.
#[derive(Clone, Copy)]
struct Time {
    /// Since 1970, in nanoseconds.
    instant: i128,
    /// East of Greenwich, in seconds.
    offset: i64,
}

/// What clock and calendar show at the offset.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Time {
    fn parse(text: &str) -> Option<Self> {
        let number = |range: std::ops::Range<usize>| -> Option<i64> {
            let digits = text.get(range)?;
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            digits.parse().ok()
        };
        let is = |at: usize, wanted: u8| text.as_bytes().get(at) == Some(&wanted);
        if !(is(4, b'-') && is(7, b'-') && is(10, b'T') && is(13, b':') && is(16, b':')) {
            return None;
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let is_valid = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !is_valid {
            return None;
        }
        let mut rest = text.get(19..)?;
        let mut nanos: i128 = 0;
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !c.is_ascii_digit())?;
            let (fraction, after) = after.split_at(end);
            // Beyond nanoseconds nothing is kept.
            let digits: String = fraction
                .chars()
                .chain("000000000".chars())
                .take(9)
                .collect();
            nanos = (!fraction.is_empty()).then(|| digits.parse().ok())??;
            rest = after;
        }
        let offset = parse_offset(rest)?;
        let days = days_since_1970(year, month, day);
        let seconds = days * DAY + hour * 3_600 + minute * 60 + second - offset;
        Some(Self {
            instant: i128::from(seconds) * NANOS + nanos,
            offset,
        })
    }

    fn civil(self) -> Civil {
        let seconds = self.instant.div_euclid(NANOS) + i128::from(self.offset);
        // Durations are bounded, so this fits by far.
        let seconds = i64::try_from(seconds).unwrap_or(0);
        let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        Civil {
            year,
            month,
            day,
            weekday: usize::try_from(days.rem_euclid(7)).unwrap_or(0),
            hour: rest / 3_600,
            minute: rest / 60 % 60,
            second: rest % 60,
        }
    }

    fn offset_text(self, separator: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    fn zone(self, utc: &str, separator: &str) -> String {
        match self.offset {
            0 => utc.to_owned(),
            _ => self.offset_text(separator),
        }
    }
}

/// `Z`, `+05:30`
fn parse_offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let two = |text: &str, below: i64| -> Option<i64> {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|n| is_number && *n < below)
    };
    Some(sign * (two(hours, 24)? * 3_600 + two(minutes, 60)? * 60))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts from March, so that the leap day is the last of its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let days_before_month = (153 * month + 2) / 5;
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + days_before_month
        + day
        - 719_469
}

fn date_of(days: i64) -> (i64, i64, i64) {
    // A guess by the mean length of a year, then corrected.
    let mut year = 1970 + days.div_euclid(366);
    while days_since_1970(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut day = days - days_since_1970(year, 1, 1) + 1;
    let mut month = 1;
    while day > days_in_month(year, month) {
        day -= days_in_month(year, month);
        month += 1;
    }
    (year, month, day)
}

fn time(call: &Call<'_>, at: usize) -> Result<Time, FunctionError> {
    Time::parse(call.text(at)).ok_or_else(|| {
        FunctionError::argument(
            at,
            Text::new(
                "it is no time such as 2026-01-31T08:00:00Z (RFC 3339)",
                "ce n’est pas une heure telle que 2026-01-31T08:00:00Z (RFC 3339)",
            ),
        )
    })
}

fn time_compare(call: &Call<'_>) -> Outcome {
    let order = time(call, 0)?.instant.cmp(&time(call, 1)?.instant);
    Ok(Value::number(Number::counted(order as i64)))
}

fn time_add(call: &Call<'_>) -> Outcome {
    let mut time = time(call, 0)?;
    let duration = parse_duration(call.text(1)).ok_or_else(|| {
        FunctionError::argument(
            1,
            Text::new(
                "it is no duration such as 10m or 1h30m",
                "ce n’est pas une durée telle que 10m ou 1h30m",
            ),
        )
    })?;
    time.instant += duration;
    let c = time.civil();
    call.string(&format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}",
        c.year,
        c.month,
        c.day,
        c.hour,
        c.minute,
        c.second,
        time.zone("Z", ":")
    ))
}

/// Nanoseconds; at most what 64 bits hold.
fn parse_duration(text: &str) -> Option<i128> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOS,
            "m" => 60 * NANOS,
            "h" => 3_600 * NANOS,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        if !whole.is_empty() {
            total = total.checked_add(whole.parse::<i128>().ok()?.checked_mul(unit)?)?;
        }
        // Eighteen digits are below a nanosecond for every unit.
        let fraction: String = fraction.chars().take(18).collect();
        if !fraction.is_empty() {
            let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
            total = total.checked_add(fraction.parse::<i128>().ok()? * unit / scale)?;
        }
        if total > i128::from(i64::MAX) {
            return None;
        }
        rest = after;
    }
    Some(sign * total)
}

fn format_date(call: &Call<'_>) -> Outcome {
    let time = time(call, 1)?;
    let civil = time.civil();
    let mut out = String::new();
    let mut rest = call.text(0);
    while let Some(c) = rest.chars().next() {
        let run = rest.find(|other| other != c).unwrap_or(rest.len());
        if c == '\'' {
            rest = quoted(rest, &mut out)?;
        } else if c.is_ascii_alphabetic() {
            write_field(time, &civil, c, run, &mut out)?;
            rest = rest.get(run..).unwrap_or_default();
        } else {
            out.push_str(rest.get(..run).unwrap_or_default());
            rest = rest.get(run..).unwrap_or_default();
        }
    }
    call.string(&out)
}

/// Text in quotes stands for itself; two quotes, in it or alone, are one.
fn quoted<'t>(text: &'t str, out: &mut String) -> Result<&'t str, FunctionError> {
    let mut rest = text.strip_prefix('\'').unwrap_or(text);
    if let Some(after) = rest.strip_prefix('\'') {
        out.push('\'');
        return Ok(after);
    }
    loop {
        let (inner, after) = rest.split_once('\'').ok_or_else(|| {
            FunctionError::argument(
                0,
                Text::new("a quote is not closed", "un guillemet n’est pas fermé"),
            )
        })?;
        out.push_str(inner);
        match after.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                rest = after;
            }
            None => return Ok(after),
        }
    }
}

fn write_field(
    time: Time,
    civil: &Civil,
    letter: char,
    run: usize,
    out: &mut String,
) -> Result<(), FunctionError> {
    let hour12 = match civil.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let is_morning = civil.hour < 12;
    let month = usize::try_from(civil.month - 1)
        .ok()
        .and_then(|at| MONTHS.get(at))
        .copied()
        .unwrap_or_default();
    let weekday = WEEKDAYS.get(civil.weekday).copied().unwrap_or_default();
    let short = |name: &str| name.get(..3).unwrap_or_default().to_owned();
    let two = |number: i64| format!("{number:02}");
    out.push_str(&match (letter, run) {
        ('Y', 4) => format!("{:04}", civil.year),
        ('Y', 2) => two(civil.year.rem_euclid(100)),
        ('M', 4) => month.to_owned(),
        ('M', 3) => short(month),
        ('M', 2) => two(civil.month),
        ('M', 1) => civil.month.to_string(),
        ('D', 2) => two(civil.day),
        ('D', 1) => civil.day.to_string(),
        ('E', 4) => weekday.to_owned(),
        ('E', 3) => short(weekday),
        ('h', 2) => two(civil.hour),
        ('h', 1) => civil.hour.to_string(),
        ('H', 2) => two(hour12),
        ('H', 1) => hour12.to_string(),
        ('A', 2) => (if is_morning { "AM" } else { "PM" }).to_owned(),
        ('a', 2) => (if is_morning { "am" } else { "pm" }).to_owned(),
        ('m', 2) => two(civil.minute),
        ('m', 1) => civil.minute.to_string(),
        ('s', 2) => two(civil.second),
        ('s', 1) => civil.second.to_string(),
        ('Z', 5) => time.offset_text(":"),
        ('Z', 4) => time.offset_text(""),
        ('Z', 3) => time.zone("UTC", ""),
        ('Z', 1) => time.zone("Z", ":"),
        _ => {
            return Err(FunctionError::argument(
                0,
                text!(
                    "{:?} has no meaning",
                    "{:?} n’a pas de sens",
                    String::from(letter).repeat(run.min(20))
                ),
            ));
        }
    });
    Ok(())
}
