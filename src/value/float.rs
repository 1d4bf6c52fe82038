//! Binary floats with a chosen precision, rounded to nearest even after each operation: what is behind [`super::Number`]
//! when a number is no 64-bit integer.
//!
//! No library prints the digits that Terraform prints (the shortest that read back at the same precision, by Go's
//! rules), so the float is ours; the integers below it are not.

use std::cmp::Ordering;

use num_bigint::BigUint;

/// `±mantissa * 2^exponent`; the mantissa is odd, or zero with exponent zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Float {
    negative: bool,
    mantissa: BigUint,
    exponent: i64,
}

/// Decimal exponents beyond this are refused: they cost time and print as many digits.
const MAX_DECIMAL_EXPONENT: i64 = 10_000;
/// Literals longer than this are refused.
const MAX_LITERAL: usize = 20_000;
/// Binary exponents beyond this are out of bounds.
const MAX_BINARY_EXPONENT: i64 = 80_000;

impl Float {
    fn new(negative: bool, mantissa: BigUint, exponent: i64) -> Self {
        match mantissa.trailing_zeros() {
            None => Self {
                negative: false,
                mantissa,
                exponent: 0,
            },
            Some(zeros) => Self {
                negative,
                mantissa: mantissa >> zeros,
                exponent: exponent.saturating_add_unsigned(zeros),
            },
        }
    }

    pub(super) fn from_i64(value: i64) -> Self {
        Self::new(value < 0, BigUint::from(value.unsigned_abs()), 0)
    }

    pub(super) fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let exponent = ((bits >> 52) & 0x7ff) as i64;
        let (mantissa, exponent) = match exponent {
            0 => (fraction, -1074),
            _ => (fraction | (1 << 52), exponent - 1075),
        };
        Some(Self::new(value < 0.0, mantissa.into(), exponent))
    }

    /// Reads `[+-] digits [. digits] [e [+-] digits]`, rounded once.
    pub(super) fn parse(text: &str, precision: u16) -> Option<Self> {
        if text.len() > MAX_LITERAL {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = [whole, fraction].concat();
        if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mantissa = BigUint::parse_bytes(all.as_bytes(), 10)?;
        let exponent = exponent - i64::try_from(fraction.len()).ok()?;
        if mantissa == BigUint::ZERO {
            return Some(Self::from_i64(0));
        }
        let fives = BigUint::from(5u8).pow(u32::try_from(exponent.unsigned_abs()).ok()?);
        Some(if exponent >= 0 {
            Self::rounded(negative, mantissa * fives, exponent, precision)
        } else {
            Self::quotient(negative, mantissa, exponent, &fives, precision)
        })
    }

    /// Digits in a base up to 62, exact, with the number of bits.
    pub(super) fn parse_in_base(text: &str, base: u32) -> Option<(Self, u64)> {
        if text.len() > MAX_LITERAL {
            return None;
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() {
            return None;
        }
        let mut mantissa = BigUint::ZERO;
        for byte in digits.bytes() {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                // Up to base 36 letters mean the same in both cases.
                b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
                b'A'..=b'Z' => byte - b'A' + 36,
                _ => return None,
            };
            if u32::from(digit) >= base {
                return None;
            }
            mantissa = mantissa * base + digit;
        }
        let bits = mantissa.bits();
        Some((Self::new(negative, mantissa, 0), bits))
    }

    fn rounded(negative: bool, mantissa: BigUint, exponent: i64, precision: u16) -> Self {
        Self::rounded_with(negative, mantissa, exponent, precision, false)
    }

    /// `more`: the exact value lies a little above the mantissa.
    fn rounded_with(
        negative: bool,
        mantissa: BigUint,
        exponent: i64,
        precision: u16,
        more: bool,
    ) -> Self {
        let Some(excess) = mantissa.bits().checked_sub(u64::from(precision)) else {
            return Self::new(negative, mantissa, exponent);
        };
        if excess == 0 {
            return Self::new(negative, mantissa, exponent);
        }
        let half = mantissa.bit(excess - 1);
        let tie = !more && mantissa.trailing_zeros() == Some(excess - 1);
        let mut kept = &mantissa >> excess;
        if half && (!tie || kept.bit(0)) {
            kept += 1u8;
        }
        Self::new(negative, kept, exponent.saturating_add_unsigned(excess))
    }

    fn quotient(
        negative: bool,
        dividend: BigUint,
        exponent: i64,
        divisor: &BigUint,
        precision: u16,
    ) -> Self {
        // Two bits more than asked for, and whether something is left, decide the rounding.
        let wanted = divisor.bits() + u64::from(precision) + 2;
        let shift = wanted.saturating_sub(dividend.bits());
        let dividend = dividend << shift;
        let quotient = &dividend / divisor;
        let more = &quotient * divisor != dividend;
        Self::rounded_with(
            negative,
            quotient,
            exponent.saturating_sub_unsigned(shift),
            precision,
            more,
        )
    }

    pub(super) fn is_in_bounds(&self) -> bool {
        let bits = i64::try_from(self.mantissa.bits()).unwrap_or(i64::MAX);
        self.exponent.abs() <= MAX_BINARY_EXPONENT && bits <= MAX_BINARY_EXPONENT
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    pub(super) fn as_i64(&self) -> Option<i64> {
        let bits = i64::try_from(self.mantissa.bits()).ok()?;
        if self.exponent < 0 || self.exponent.checked_add(bits)? > 64 {
            return None;
        }
        let magnitude = u64::try_from(&self.mantissa << self.exponent.unsigned_abs()).ok()?;
        match self.negative {
            true => 0i64.checked_sub_unsigned(magnitude),
            false => i64::try_from(magnitude).ok(),
        }
    }

    pub(super) fn to_f64(&self) -> f64 {
        let rounded = Self::rounded(self.negative, self.mantissa.clone(), self.exponent, 53);
        let mantissa = u64::try_from(&rounded.mantissa).unwrap_or(u64::MAX) as f64;
        // In two steps: the power alone may lie outside the range of doubles while the product does not.
        let exponent = i32::try_from(rounded.exponent).unwrap_or(i32::MAX);
        let half = exponent / 2;
        let value = mantissa * 2f64.powi(half) * 2f64.powi(exponent - half);
        if rounded.negative { -value } else { value }
    }

    #[must_use]
    pub(super) fn negate(&self) -> Self {
        Self::new(!self.negative, self.mantissa.clone(), self.exponent)
    }

    #[must_use]
    pub(super) fn truncate(&self) -> Self {
        if self.exponent >= 0 {
            return self.clone();
        }
        let whole = &self.mantissa >> self.exponent.unsigned_abs();
        Self::new(self.negative, whole, 0)
    }

    /// The whole part without its sign. In bounds, so a shift stays small.
    pub(super) fn whole(&self) -> BigUint {
        match self.exponent {
            0.. => &self.mantissa << self.exponent.unsigned_abs(),
            _ => &self.mantissa >> self.exponent.unsigned_abs(),
        }
    }

    pub(super) fn add(&self, other: &Self, precision: u16) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let a = &self.mantissa << (self.exponent - exponent).unsigned_abs();
        let b = &other.mantissa << (other.exponent - exponent).unsigned_abs();
        let (negative, sum) = match (self.negative == other.negative, a.cmp(&b)) {
            (true, _) => (self.negative, a + b),
            (false, Ordering::Less) => (other.negative, b - a),
            (false, _) => (self.negative, a - b),
        };
        Self::rounded(negative, sum, exponent, precision)
    }

    pub(super) fn multiply(&self, other: &Self, precision: u16) -> Self {
        Self::rounded(
            self.negative != other.negative,
            &self.mantissa * &other.mantissa,
            self.exponent.saturating_add(other.exponent),
            precision,
        )
    }

    /// The divisor must not be zero.
    pub(super) fn divide(&self, other: &Self, precision: u16) -> Self {
        if self.mantissa == BigUint::ZERO || other.mantissa == BigUint::ZERO {
            return Self::from_i64(0);
        }
        Self::quotient(
            self.negative != other.negative,
            self.mantissa.clone(),
            self.exponent.saturating_sub(other.exponent),
            &other.mantissa,
            precision,
        )
    }

    /// The fewest decimal digits that read back as this number at a precision, by the rules of Go's `big.Float`.
    pub(super) fn shortest(&self, precision: u16) -> String {
        if self.mantissa == BigUint::ZERO {
            return "0".to_owned();
        }
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}", self.shortest_digits(precision).print())
    }

    /// All digits.
    pub(super) fn exact_digits(&self) -> Decimal {
        Decimal::of(&self.mantissa, self.exponent)
    }

    pub(super) fn shortest_digits(&self, precision: u16) -> Decimal {
        let mut digits = Decimal::of(&self.mantissa, self.exponent);
        let wanted = u64::from(precision) + 1;
        // Zero has no neighbours to be told from.
        if self.mantissa != BigUint::ZERO
            && let Some(shift) = wanted.checked_sub(self.mantissa.bits())
        {
            let mantissa = &self.mantissa << shift;
            let exponent = self.exponent.saturating_sub_unsigned(shift);
            let lower = Decimal::of(&(&mantissa - 1u8), exponent);
            let upper = Decimal::of(&(&mantissa + 1u8), exponent);
            digits.shorten(&lower, &upper, !mantissa.bit(1));
        }
        digits
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => return Ordering::Greater,
            (true, false) => return Ordering::Less,
            _ => {}
        }
        let exponent = self.exponent.min(other.exponent);
        let a = &self.mantissa << (self.exponent - exponent).unsigned_abs();
        let b = &other.mantissa << (other.exponent - exponent).unsigned_abs();
        if self.negative { b.cmp(&a) } else { a.cmp(&b) }
    }
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn read_exponent(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse()
        .ok()
        .filter(|exponent: &i64| exponent.abs() <= MAX_DECIMAL_EXPONENT)
}

/// The decimal digits of a number without its sign: `0.DIGITS * 10^point`, as ASCII without zeros at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    /// `0` to `9`; none for zero.
    pub digits: Vec<u8>,
    /// Where the decimal point stands.
    pub point: i64,
}

impl Decimal {
    fn of(mantissa: &BigUint, exponent: i64) -> Self {
        if *mantissa == BigUint::ZERO {
            return Self {
                digits: Vec::new(),
                point: 0,
            };
        }
        let (scaled, shift) = match u32::try_from(exponent.unsigned_abs()) {
            Ok(places) if exponent < 0 => (mantissa * BigUint::from(5u8).pow(places), exponent),
            _ => (mantissa << exponent.unsigned_abs(), 0),
        };
        let mut digits = scaled.to_str_radix(10).into_bytes();
        let point = i64::try_from(digits.len())
            .unwrap_or(i64::MAX)
            .saturating_add(shift);
        trim_zeros(&mut digits);
        Self { digits, point }
    }

    /// Rounds to so many digits, to even when exactly between two.
    pub fn round(&mut self, length: i64) {
        match usize::try_from(length) {
            Ok(length) => {
                let up = length < self.digits.len() && self.is_nearer_above(length);
                self.cut(length, up);
            }
            // Below the first digit by more than one place: nothing is left of it.
            Err(_) => self.digits.clear(),
        }
    }

    fn at(&self, position: usize) -> u8 {
        self.digits.get(position).copied().unwrap_or(b'0')
    }

    /// Cuts the digits where the cut still lies between the bounds.
    fn shorten(&mut self, lower: &Self, upper: &Self, inclusive: bool) {
        for position in 0..self.digits.len() {
            let (low, this, high) = (lower.at(position), self.at(position), upper.at(position));
            let may_go_down = low != this || inclusive && position + 1 == lower.digits.len();
            let may_go_up =
                this != high && (inclusive || this + 1 < high || position + 1 < upper.digits.len());
            if may_go_down && may_go_up {
                let up = self.is_nearer_above(position + 1);
                return self.cut(position + 1, up);
            }
            if may_go_down || may_go_up {
                return self.cut(position + 1, may_go_up);
            }
        }
    }

    fn is_nearer_above(&self, length: usize) -> bool {
        if self.at(length) == b'5' && length + 1 == self.digits.len() {
            // Exactly between two: to the even digit.
            return length
                .checked_sub(1)
                .is_some_and(|last| (self.at(last) - b'0') % 2 == 1);
        }
        self.at(length) >= b'5'
    }

    fn cut(&mut self, length: usize, up: bool) {
        if length >= self.digits.len() {
            return;
        }
        self.digits.truncate(length);
        if up {
            while self.digits.last() == Some(&b'9') {
                self.digits.pop();
            }
            match self.digits.last_mut() {
                Some(last) => *last += 1,
                None => {
                    self.digits.push(b'1');
                    self.point += 1;
                }
            }
        }
        trim_zeros(&mut self.digits);
    }

    /// Without an exponent.
    fn print(&self) -> String {
        let digits = String::from_utf8_lossy(&self.digits);
        let point = usize::try_from(self.point.unsigned_abs()).unwrap_or(usize::MAX);
        if self.point <= 0 {
            return format!("0.{}{digits}", "0".repeat(point));
        }
        match digits.split_at_checked(point) {
            Some((whole, "")) => whole.to_owned(),
            Some((whole, fraction)) => format!("{whole}.{fraction}"),
            None => format!("{digits}{}", "0".repeat(point - digits.len())),
        }
    }
}

fn trim_zeros(digits: &mut Vec<u8>) {
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
}
