//! Digests, and what needs chance or keys.

use base64::Engine as _;
use sha2::Digest as _;

use super::encoding::{BASE64, decode_base64};
use super::{Call, Function, FunctionError, Kind, Outcome, Param, not_evaluated};
use crate::text::Text;
use crate::value::Type;

const TEXT: Param = Param::new(Kind::String);

pub(super) const ALL: &[Function] = &[
    Function::new("base64sha256", &[TEXT], Kind::String, |call| {
        call.string(&Digest::Sha256.base64(call.text(0).as_bytes()))
    }),
    Function::new("base64sha512", &[TEXT], Kind::String, |call| {
        call.string(&Digest::Sha512.base64(call.text(0).as_bytes()))
    }),
    // Salted with chance: known only after apply.
    Function::variadic(
        "bcrypt",
        &[TEXT],
        Param::new(Kind::Number),
        Kind::String,
        |_| Ok(not_evaluated("bcrypt", Type::String, None)),
    ),
    Function::new("md5", &[TEXT], Kind::String, |call| {
        call.string(&Digest::Md5.hex(call.text(0).as_bytes()))
    }),
    // A scanner has no business with private keys.
    Function::new("rsadecrypt", &[TEXT, TEXT], Kind::String, |call| {
        decode_base64(call.text(0), 0)?;
        Ok(not_evaluated("rsadecrypt", Type::String, None))
    }),
    Function::new("sha1", &[TEXT], Kind::String, |call| {
        call.string(&Digest::Sha1.hex(call.text(0).as_bytes()))
    }),
    Function::new("sha256", &[TEXT], Kind::String, |call| {
        call.string(&Digest::Sha256.hex(call.text(0).as_bytes()))
    }),
    Function::new("sha512", &[TEXT], Kind::String, |call| {
        call.string(&Digest::Sha512.hex(call.text(0).as_bytes()))
    }),
    Function::new("uuid", &[], Kind::String, |_| {
        Ok(not_evaluated("uuid", Type::String, None))
    }),
    Function::new("uuidv5", &[TEXT, TEXT], Kind::String, uuid_v5),
];

/// The digests that Terraform offers.
#[derive(Clone, Copy)]
pub(super) enum Digest {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => md5::Md5::digest(bytes).to_vec(),
            Self::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }

    pub(super) fn hex(self, bytes: &[u8]) -> String {
        hex(&self.of(bytes))
    }

    pub(super) fn base64(self, bytes: &[u8]) -> String {
        BASE64.encode(self.of(bytes))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 9562 version 5: a digest of a namespace and a name.
fn uuid_v5(call: &Call<'_>) -> Outcome {
    let namespace = namespace(call.text(0)).ok_or_else(|| {
        FunctionError::argument(
            0,
            Text::new(
                "it is no UUID and no known namespace",
                "ce n’est ni un UUID ni un espace de noms connu",
            ),
        )
    })?;
    let mut input = namespace.to_be_bytes().to_vec();
    input.extend_from_slice(call.text(1).as_bytes());
    let digest = Digest::Sha1.of(&input);
    let bits = digest
        .iter()
        .take(16)
        .fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let bits = bits & !(0xf << 76) | (5 << 76);
    let bits = bits & !(0b11 << 62) | (0b10 << 62);
    let digits = format!("{bits:032x}");
    let mut out = String::with_capacity(36);
    for (at, c) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(c);
    }
    call.string(&out)
}

fn namespace(text: &str) -> Option<u128> {
    // The four of the standard differ in one digit.
    let known = |digit: u128| 0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8 | (digit << 96);
    match text {
        "dns" => return Some(known(0)),
        "url" => return Some(known(1)),
        "oid" => return Some(known(2)),
        "x500" => return Some(known(4)),
        _ => {}
    }
    let inner = match (text.len(), text.strip_prefix("urn:uuid:")) {
        (_, Some(rest)) => rest,
        (38, _) => text.strip_prefix('{')?.strip_suffix('}')?,
        _ => text,
    };
    let digits: String = match inner.len() {
        32 => inner.to_owned(),
        36 => {
            let is_dashed = inner
                .bytes()
                .enumerate()
                .all(|(at, byte)| (byte == b'-') == matches!(at, 8 | 13 | 18 | 23));
            is_dashed.then(|| inner.replace('-', ""))?
        }
        _ => return None,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(&digits, 16).ok()
}
