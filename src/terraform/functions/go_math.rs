//! Logarithms and powers with the digits that Go's `math` computes, since Terraform prints all of them.
//!
//! The methods are the published ones behind it: FreeBSD's reduction for the logarithm, Shibata's for the exponential,
//! binary powering on mantissa and exponent for the power. Every step is a plain double operation, so the result is the
//! same on every machine.

/// Highest coefficient first, as a polynomial in `x`.
fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

/// The natural logarithm.
pub(super) fn log(x: f64) -> f64 {
    const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const ODD: [f64; 4] = [
        0.147_981_986_051_165_86,
        0.181_835_721_616_180_5,
        0.285_714_287_436_623_9,
        0.666_666_666_666_673_5,
    ];
    const EVEN: [f64; 3] = [
        0.153_138_376_992_093_73,
        0.222_221_984_321_497_84,
        0.399_999_999_994_094_2,
    ];
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    let (mut fraction, mut exponent) = split(x);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    let k = f64::from(exponent);
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2 * polynomial(s4, &ODD);
    let even = s4 * polynomial(s4, &EVEN);
    let rest = odd + even;
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + rest) + k * LN2_LOW)) - f)
}

/// `e` to a power of at most a few hundred.
fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 0.693_147_180_559_663;
    const LN2_LOW: f64 = 2.823_529_056_303_157_7e-13;
    const TERMS: [f64; 8] = [
        2.480_158_730_158_73e-5,
        0.000_198_412_698_412_698_4,
        0.001_388_888_888_888_889,
        0.008_333_333_333_333_333,
        0.041_666_666_666_666_664,
        0.166_666_666_666_666_66,
        0.5,
        1.0,
    ];
    let k = (x * std::f64::consts::LOG2_E).round_ties_even();
    let reduced = k.mul_add(-LN2_LOW, k.mul_add(-LN2_HIGH, x)) * 0.0625;
    let mut sum = TERMS.iter().fold(0.0, |sum: f64, term| {
        if sum == 0.0 {
            *term
        } else {
            sum.mul_add(reduced, *term)
        }
    }) * reduced;
    // Three times (1 + sum)^2 - 1, and once (1 + sum)^2.
    for _ in 0..3 {
        sum *= sum + 2.0;
    }
    scale(sum.mul_add(sum + 2.0, 1.0), k as i32)
}

/// `x` to the power of `y`.
pub(super) fn pow(x: f64, y: f64) -> f64 {
    // Where nothing is to be computed both standards say the same.
    if y == 0.0 || x == 1.0 || y == 1.0 || x == 0.0 || !x.is_finite() || !y.is_finite() {
        return x.powf(y);
    }
    if y == 0.5 {
        return x.sqrt();
    }
    if y == -0.5 {
        return 1.0 / x.sqrt();
    }
    let (mut whole, mut fraction) = (y.abs().trunc(), y.abs().fract());
    if fraction != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    if whole >= 9.223_372_036_854_776e+18 {
        return match (x == -1.0, (x.abs() < 1.0) == (y > 0.0)) {
            (true, _) => 1.0,
            (_, true) => 0.0,
            _ => f64::INFINITY,
        };
    }
    let (mut result, mut exponent) = (1.0, 0i32);
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        result = exp(fraction * log(x));
    }
    let (mut factor, mut factor_exponent) = split(x);
    let mut bits = whole as i64;
    while bits != 0 {
        if !(-(1 << 12)..=1 << 12).contains(&factor_exponent) {
            // It overflows or vanishes anyway.
            exponent = exponent.saturating_add(factor_exponent);
            break;
        }
        if bits & 1 == 1 {
            result *= factor;
            exponent = exponent.saturating_add(factor_exponent);
        }
        factor *= factor;
        factor_exponent <<= 1;
        if factor < 0.5 {
            factor += factor;
            factor_exponent -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        result = 1.0 / result;
        exponent = exponent.saturating_neg();
    }
    scale(result, exponent)
}

/// A finite number as a fraction of at least a half and below one, and a power of two.
fn split(x: f64) -> (f64, i32) {
    if x == 0.0 {
        return (x, 0);
    }
    let (x, shift) = match x.abs() < f64::MIN_POSITIVE {
        true => (x * 4503599627370496.0, -52),
        false => (x, 0),
    };
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1022 + shift;
    let fraction = f64::from_bits(bits & !(0x7ff << 52) | (1022 << 52));
    (fraction, exponent)
}

/// A number times a power of two, rounded once.
fn scale(x: f64, exponent: i32) -> f64 {
    let (fraction, own) = split(x);
    let exponent = exponent.saturating_add(own);
    match exponent {
        _ if x == 0.0 || !x.is_finite() => x,
        1025.. => f64::INFINITY.copysign(x),
        -1021..=1024 => fraction * 2.0 * 2f64.powi(exponent - 1),
        -1080..-1021 => fraction * 2f64.powi(exponent + 60) * 2f64.powi(-60),
        _ => 0.0f64.copysign(x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_go() {
        for (value, digits) in [
            (log(1.0 / 3.0) / log(2.0), "-1.5849625007211563"),
            (log(100.0) / log(2.0), "6.643856189774725"),
            (log(8.0) / log(10.0), "0.9030899869919434"),
            (pow(0.1, 42.0), "1.0000000000000045e-42"),
            (pow(2.0, 100.0), "1.2676506002282294e30"),
            (pow(2.0, -1074.0), "5e-324"),
            (pow(0.5, -2.5), "5.65685424949238"),
            (pow(123_456_789.123_456_79, 1.0 / 3.0), "497.93385938415247"),
            (pow(-2.0, 3.0), "-8.0"),
            (pow(10.0, 400.0), "inf"),
            (pow(10.0, -400.0), "0.0"),
        ] {
            assert_eq!(format!("{value:?}"), digits);
        }
        assert!(pow(-2.0, 0.5).is_nan() && log(-1.0).is_nan());
    }
}
