//! `textencodebase64` and `textdecodebase64`: texts in other character sets.

use base64::Engine as _;
use encoding_rs::Encoding;

use super::encoding::{BASE64, decode_base64};
use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::text::text;

const TEXT: Param = Param::new(Kind::String);

pub(super) const ALL: &[Function] = &[
    Function::new("textdecodebase64", &[TEXT, TEXT], Kind::String, decode),
    Function::new("textencodebase64", &[TEXT, TEXT], Kind::String, encode),
];

/// Character sets by their IANA names. The web's table of names, which the library follows, gives some of them to
/// wider sets, so those are here.
enum Charset {
    Utf8,
    Utf16 { big_endian: bool, marked: bool },
    Latin1,
    Ascii,
    Other(&'static Encoding),
}

impl Charset {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "csutf8" => Self::Utf8,
            "utf-16" => Self::Utf16 {
                big_endian: true,
                marked: true,
            },
            "utf-16be" => Self::Utf16 {
                big_endian: true,
                marked: false,
            },
            "utf-16le" => Self::Utf16 {
                big_endian: false,
                marked: false,
            },
            "iso-8859-1" | "iso_8859-1" | "latin1" | "l1" => Self::Latin1,
            "us-ascii" | "ascii" => Self::Ascii,
            other => Self::Other(
                Encoding::for_label_no_replacement(other.as_bytes())
                    .filter(|found| found.can_encode_everything() || found.is_ascii_compatible())?,
            ),
        })
    }

    fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Utf16 { big_endian, marked } => {
                let mark = marked.then_some(0xfeff);
                let units = mark.into_iter().chain(text.encode_utf16());
                Some(
                    units
                        .flat_map(|unit| match big_endian {
                            true => unit.to_be_bytes(),
                            false => unit.to_le_bytes(),
                        })
                        .collect(),
                )
            }
            Self::Latin1 => text.chars().map(|c| u8::try_from(c).ok()).collect(),
            Self::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Self::Other(encoding) => {
                let (bytes, _, unmappable) = encoding.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
        }
    }

    fn decode(&self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Self::Utf16 { big_endian, marked } => {
                let (big_endian, bytes) = match (marked, bytes) {
                    (true, [0xfe, 0xff, rest @ ..]) => (true, rest),
                    (true, [0xff, 0xfe, rest @ ..]) => (false, rest),
                    _ => (*big_endian, bytes),
                };
                let (pairs, rest) = bytes.as_chunks::<2>();
                if !rest.is_empty() {
                    return None;
                }
                let units: Vec<u16> = pairs
                    .iter()
                    .map(|pair| match big_endian {
                        true => u16::from_be_bytes(*pair),
                        false => u16::from_le_bytes(*pair),
                    })
                    .collect();
                String::from_utf16(&units).ok()
            }
            Self::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Ascii => String::from_utf8(bytes.to_vec())
                .ok()
                .filter(|text| text.is_ascii()),
            Self::Other(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
                // Bytes that the set leaves open come out as control characters, where Go finds a fault.
                let is_open = |c: char| matches!(c, '\u{80}'..='\u{9f}');
                (!text.contains(is_open)).then(|| text.into_owned())
            }
        }
    }
}

fn charset(call: &Call<'_>) -> Result<Charset, FunctionError> {
    Charset::named(call.text(1)).ok_or_else(|| {
        FunctionError::argument(
            1,
            text!(
                "{:?} is no known character set",
                "{:?} n’est pas un jeu de caractères connu",
                call.text(1)
            ),
        )
    })
}

fn encode(call: &Call<'_>) -> Outcome {
    let bytes = charset(call)?.encode(call.text(0)).ok_or_else(|| {
        FunctionError::argument(
            0,
            text!(
                "{} cannot express all of it",
                "{} ne peut pas tout exprimer",
                call.text(1)
            ),
        )
    })?;
    call.string(&BASE64.encode(bytes))
}

fn decode(call: &Call<'_>) -> Outcome {
    let charset = charset(call)?;
    let bytes = decode_base64(call.text(0), 0)?;
    let text = charset.decode(&bytes).ok_or_else(|| {
        FunctionError::argument(
            0,
            text!(
                "what it encodes is no {} text",
                "ce qu’il code n’est pas un texte {}",
                call.text(1)
            ),
        )
    })?;
    call.string(&text)
}
