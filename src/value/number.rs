//! Numbers as Terraform computes them.
//!
//! Terraform keeps numbers as binary floats of 512 bits, and those that its functions compute with fewer (64 for whole
//! numbers, 53 for logarithms and powers). The precision decides which digits are printed, so it is kept here as well.
//! Whole numbers that fit 64 bits, which are nearly all, take a path without allocation.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::float::{Decimal, Float};
use crate::text::Text;

/// Precision of a number that was written down, in bits.
pub(super) const WRITTEN: u16 = 512;
/// Precision of a whole number that a function computed.
const COUNTED: u16 = 64;
/// Precision of a double.
const DOUBLE: u16 = 53;

/// A number.
#[derive(Debug, Clone)]
pub struct Number {
    repr: Repr,
    precision: u16,
    /// Zero keeps the sign it got, for print only.
    minus_zero: bool,
}

/// A whole number that fits is always `Int`, so that equality is structural.
#[derive(Debug, Clone)]
enum Repr {
    Int(i64),
    Float(Arc<Float>),
    /// What a division by zero gives. It can be compared and used, but nothing can store it.
    Infinite {
        negative: bool,
    },
}

/// Why a calculation has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Above the limit on the size of a number.
    #[error("the number has too many digits")]
    TooLarge,
    /// Zero by zero, or infinities against each other.
    #[error("the result is no number")]
    NotANumber,
}

impl NumberError {
    /// What is wrong, in both languages.
    pub fn text(self) -> Text {
        let french = match self {
            Self::TooLarge => "le nombre a trop de chiffres",
            Self::NotANumber => "le résultat n’est pas un nombre",
        };
        Text::new(self.to_string(), french)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self {
            repr: Repr::Int(value),
            precision: WRITTEN,
            minus_zero: false,
        }
    }
}

impl Number {
    /// Reads a literal as HCL, JSON, YAML and `tonumber` write it: `-12`, `1.50`, `.5`, `1e3`. None for anything else,
    /// and for exponents beyond 10,000.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(int) = text.parse::<i64>() {
            let number = Self::from(int);
            return Some(match int == 0 && text.starts_with('-') {
                true => number.negate(),
                false => number,
            });
        }
        let number = Self::from_float(Float::parse(text, WRITTEN)?, WRITTEN)?;
        Some(match number.is_zero() && text.starts_with('-') {
            true => number.negate(),
            false => number,
        })
    }

    /// A whole number as a function computes it: a length, a position.
    pub fn counted(value: i64) -> Self {
        Self {
            repr: Repr::Int(value),
            precision: COUNTED,
            minus_zero: false,
        }
    }

    /// A double as a function computes it; none for NaN.
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_infinite() {
            return Some(Self::infinite(value < 0.0, DOUBLE));
        }
        Float::from_f64(value).and_then(|float| Self::from_float(float, DOUBLE))
    }

    /// Digits in a base of 2 to 62, lower case before upper case, as `parseint` reads them.
    pub fn parse_in_base(text: &str, base: u32) -> Option<Self> {
        Float::parse_in_base(text, base).and_then(|(float, bits)| {
            Self::from_float(float, u16::try_from(bits).unwrap_or(u16::MAX).max(COUNTED))
        })
    }

    fn from_float(float: Float, precision: u16) -> Option<Self> {
        if !float.is_in_bounds() {
            return None;
        }
        let repr = match float.as_i64() {
            Some(int) => Repr::Int(int),
            None => Repr::Float(Arc::new(float)),
        };
        Some(Self {
            repr,
            precision,
            minus_zero: false,
        })
    }

    fn float(&self) -> std::borrow::Cow<'_, Float> {
        match &self.repr {
            Repr::Int(int) => std::borrow::Cow::Owned(Float::from_i64(*int)),
            Repr::Float(float) => std::borrow::Cow::Borrowed(float),
            Repr::Infinite { .. } => std::borrow::Cow::Owned(Float::from_i64(0)),
        }
    }

    fn infinite(negative: bool, precision: u16) -> Self {
        Self {
            repr: Repr::Infinite { negative },
            precision,
            minus_zero: false,
        }
    }

    /// True for what a division by zero gives.
    pub fn is_infinite(&self) -> bool {
        matches!(self.repr, Repr::Infinite { .. })
    }

    /// The value when it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.repr {
            Repr::Int(int) => Some(*int),
            Repr::Float(_) | Repr::Infinite { .. } => None,
        }
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        match &self.repr {
            Repr::Int(int) => *int as f64,
            Repr::Float(float) => float.to_f64(),
            Repr::Infinite { negative: true } => f64::NEG_INFINITY,
            Repr::Infinite { negative: false } => f64::INFINITY,
        }
    }

    /// True without a fraction.
    pub fn is_whole(&self) -> bool {
        match &self.repr {
            Repr::Int(_) => true,
            Repr::Float(float) => float.is_whole(),
            Repr::Infinite { .. } => false,
        }
    }

    /// True below zero.
    pub fn is_negative(&self) -> bool {
        match &self.repr {
            Repr::Int(int) => *int < 0,
            Repr::Float(float) => float.is_negative(),
            Repr::Infinite { negative } => *negative,
        }
    }

    /// True below zero, and for a zero that got there from below.
    pub fn has_minus(&self) -> bool {
        self.is_negative() || self.minus_zero
    }

    /// A zero with the sign that a product or quotient of these has.
    fn signed(mut self, a: &Self, b: &Self) -> Self {
        self.minus_zero = self.is_zero() && a.has_minus() != b.has_minus();
        self
    }

    /// True for zero.
    pub fn is_zero(&self) -> bool {
        matches!(self.repr, Repr::Int(0))
    }

    /// The sum.
    ///
    /// # Errors
    /// When it has too many digits.
    pub fn add(&self, other: &Self) -> Result<Self, NumberError> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Int(a), Repr::Int(b)) = (&self.repr, &other.repr)
            && let Some(sum) = a.checked_add(*b)
        {
            return Ok(Self {
                repr: Repr::Int(sum),
                precision,
                minus_zero: self.minus_zero && other.minus_zero,
            });
        }
        match (self.is_infinite(), other.is_infinite()) {
            (false, false) => self.settle(self.float().add(&other.float(), precision), precision),
            (true, true) if self.is_negative() != other.is_negative() => {
                Err(NumberError::NotANumber)
            }
            (true, _) => Ok(self.clone()),
            (_, true) => Ok(other.clone()),
        }
    }

    /// The difference.
    ///
    /// # Errors
    /// When it has too many digits.
    pub fn subtract(&self, other: &Self) -> Result<Self, NumberError> {
        self.add(&other.negate())
    }

    /// The product.
    ///
    /// # Errors
    /// When it has too many digits.
    pub fn multiply(&self, other: &Self) -> Result<Self, NumberError> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Int(a), Repr::Int(b)) = (&self.repr, &other.repr)
            && let Some(product) = a.checked_mul(*b)
        {
            let product = Self {
                repr: Repr::Int(product),
                precision,
                minus_zero: false,
            };
            return Ok(product.signed(self, other));
        }
        if self.is_infinite() || other.is_infinite() {
            if self.is_zero() || other.is_zero() {
                return Err(NumberError::NotANumber);
            }
            let negative = self.is_negative() != other.is_negative();
            return Ok(Self::infinite(negative, precision));
        }
        // Terraform widens a product until it is exact, up to the precision of a written number.
        let precision = precision.max(WRITTEN);
        self.settle(self.float().multiply(&other.float(), precision), precision)
    }

    /// The quotient.
    ///
    /// # Errors
    /// When it is no number, or has too many digits.
    pub fn divide(&self, other: &Self) -> Result<Self, NumberError> {
        let precision = self.precision.max(other.precision);
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => return Err(NumberError::NotANumber),
            (false, true) => return Ok(Self::from(0)),
            _ if other.is_zero() && self.is_zero() => return Err(NumberError::NotANumber),
            (true, _) => {
                let negative = self.is_negative() != other.is_negative();
                return Ok(Self::infinite(negative, precision));
            }
            _ if other.is_zero() => {
                let negative = self.is_negative() != other.minus_zero;
                return Ok(Self::infinite(negative, precision));
            }
            _ => {}
        }
        if let (Repr::Int(a), Repr::Int(b)) = (&self.repr, &other.repr)
            && a.checked_rem(*b) == Some(0)
            && let Some(quotient) = a.checked_div(*b)
        {
            let quotient = Self {
                repr: Repr::Int(quotient),
                precision,
                minus_zero: false,
            };
            return Ok(quotient.signed(self, other));
        }
        self.settle(self.float().divide(&other.float(), precision), precision)
    }

    /// The remainder, with the sign of the dividend; the dividend itself when the divisor is zero.
    ///
    /// # Errors
    /// When a step on the way has too many digits.
    pub fn remainder(&self, other: &Self) -> Result<Self, NumberError> {
        if other.is_zero() || other.is_infinite() {
            return Ok(self.clone());
        }
        let whole = self.divide(other)?.truncate();
        self.subtract(&whole.multiply(other)?)
    }

    /// With the other sign.
    #[must_use]
    pub fn negate(&self) -> Self {
        let repr = match &self.repr {
            Repr::Int(int) => match int.checked_neg() {
                Some(int) => Repr::Int(int),
                None => Repr::Float(Arc::new(Float::from_i64(*int).negate())),
            },
            // The one float whose opposite fits an integer again is 2^63.
            Repr::Float(float) => match float.negate() {
                float if float.as_i64().is_some() => Repr::Int(i64::MIN),
                float => Repr::Float(Arc::new(float)),
            },
            Repr::Infinite { negative } => Repr::Infinite {
                negative: !negative,
            },
        };
        Self {
            repr,
            precision: self.precision,
            minus_zero: self.is_zero() && !self.minus_zero,
        }
    }

    /// Without its fraction, towards zero.
    #[must_use]
    pub fn truncate(&self) -> Self {
        match &self.repr {
            Repr::Int(_) | Repr::Infinite { .. } => self.clone(),
            Repr::Float(float) => {
                let whole = float.truncate();
                let repr = match whole.as_i64() {
                    Some(int) => Repr::Int(int),
                    None => Repr::Float(Arc::new(whole)),
                };
                Self {
                    repr,
                    precision: self.precision,
                    minus_zero: false,
                }
            }
        }
    }

    /// The digits of its whole part, all exact, without its sign; none for an infinity.
    pub fn whole_digits(&self) -> Option<num_bigint::BigUint> {
        match &self.repr {
            Repr::Int(int) => Some(int.unsigned_abs().into()),
            Repr::Float(float) => Some(float.whole()),
            Repr::Infinite { .. } => None,
        }
    }

    /// All its decimal digits.
    pub fn exact_digits(&self) -> Decimal {
        self.float().exact_digits()
    }

    /// The fewest decimal digits that give the same number again.
    pub fn shortest_digits(&self) -> Decimal {
        self.float().shortest_digits(self.precision)
    }

    fn settle(&self, float: Float, precision: u16) -> Result<Self, NumberError> {
        Self::from_float(float, precision).ok_or(NumberError::TooLarge)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Int(a), Repr::Int(b)) => a == b,
            (Repr::Float(a), Repr::Float(b)) => a == b,
            (Repr::Infinite { negative: a }, Repr::Infinite { negative: b }) => a == b,
            _ => false,
        }
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.repr {
            Repr::Int(int) => int.hash(state),
            Repr::Float(float) => float.hash(state),
            Repr::Infinite { negative } => negative.hash(state),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.repr, &other.repr) {
            (Repr::Int(a), Repr::Int(b)) => a.cmp(b),
            (Repr::Infinite { negative: a }, Repr::Infinite { negative: b }) => b.cmp(a),
            (Repr::Infinite { negative: true }, _) | (_, Repr::Infinite { negative: false }) => {
                Ordering::Less
            }
            (Repr::Infinite { .. }, _) | (_, Repr::Infinite { .. }) => Ordering::Greater,
            _ => self.float().cmp(&other.float()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The fewest digits that give the same number again at its precision, without an exponent: what Terraform prints.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.repr {
            Repr::Int(0) if self.minus_zero => f.write_str("-0"),
            Repr::Infinite { negative: true } => f.write_str("-Inf"),
            Repr::Infinite { negative: false } => f.write_str("+Inf"),
            Repr::Int(int) if self.precision >= COUNTED || int.unsigned_abs() < (1 << DOUBLE) => {
                write!(f, "{int}")
            }
            _ => f.write_str(&self.float().shortest(self.precision)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect(text)
    }

    #[test]
    fn prints_what_was_written() {
        for (text, printed) in [
            ("1.50", "1.5"),
            (".5", "0.5"),
            ("1.", "1"),
            ("+1", "1"),
            ("01", "1"),
            ("1e3", "1000"),
            ("1e21", "1000000000000000000000"),
            ("100000000000000000000000", "100000000000000000000000"),
            (
                "123456789.123456789123456789",
                "123456789.123456789123456789",
            ),
            ("-0.1", "-0.1"),
            ("9223372036854775808", "9223372036854775808"),
            ("-9223372036854775808", "-9223372036854775808"),
        ] {
            assert_eq!(number(text).to_string(), printed, "{text}");
        }
        assert_eq!(number("1e400").to_string(), format!("1{}", "0".repeat(400)));
        assert_eq!(
            number("1e-400").to_string(),
            format!("0.{}1", "0".repeat(399))
        );
        for text in [
            "",
            " 1",
            "1 ",
            "0x10",
            "Infinity",
            "NaN",
            "1e",
            "1_0",
            ".",
            "e5",
            "1e99999999999",
        ] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn computes_as_terraform_does() {
        let third = number("1").divide(&number("3")).expect("a quotient");
        assert_eq!(third.to_string(), format!("0.{}5", "3".repeat(154)));
        let sum = number("0.1").add(&number("0.2")).expect("a sum");
        assert_eq!(sum, number("0.3"));
        assert_ne!(sum, number("0.30000000000000004"));
        let rest = number("100")
            .remainder(&number("0.3"))
            .expect("a remainder");
        assert_eq!(
            rest.to_string(),
            "0.09999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999809"
        );
        assert_eq!(number("5").remainder(&number("0")), Ok(number("5")));
        assert_eq!(
            number("18446744073709551615").multiply(&number("2")),
            Ok(number("36893488147419103230"))
        );
        let infinite = number("1").divide(&number("0")).expect("an infinity");
        assert_eq!(infinite.to_string(), "+Inf");
        assert!(infinite > number("1e300") && infinite.negate() < number("-1e300"));
        assert_eq!(infinite.subtract(&infinite), Err(NumberError::NotANumber));
        assert_eq!(
            number("0").divide(&number("0")),
            Err(NumberError::NotANumber)
        );
        assert_eq!(number("1").divide(&infinite), Ok(number("0")));
    }

    #[test]
    fn precision_decides_the_digits() {
        assert_eq!(
            Number::from_f64(2f64.powi(100))
                .expect("finite")
                .to_string(),
            "1267650600228229400000000000000"
        );
        assert_eq!(
            Number::from_f64(2.5f64.sqrt()).expect("finite").to_string(),
            "1.5811388300841898"
        );
        let narrow = Number::counted(1).divide(&Number::counted(3));
        assert_eq!(
            narrow.map(|n| n.to_string()),
            Ok("0.33333333333333333334".to_owned())
        );
    }

    #[test]
    fn orders_and_bounds() {
        assert!(number("-1.5") < number("-1"));
        assert!(number("1e30") > number("9"));
        assert_eq!(number("-0"), number("0"));
        assert_eq!(number("0").negate().to_string(), "-0");
        assert_eq!(number("-0").negate().to_string(), "0");
        assert!(number("0.1") < number("0.2"));
        let mut big = number("1e9999");
        assert!((0..9).any(|_| match big.multiply(&big) {
            Ok(product) => {
                big = product;
                false
            }
            Err(error) => error == NumberError::TooLarge,
        }));
        let smallest = Number::from(i64::MIN);
        assert_eq!(smallest.negate().negate(), smallest);
        assert_eq!(smallest.divide(&Number::from(-1)), Ok(smallest.negate()));
    }
}
