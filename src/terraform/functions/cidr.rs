//! Functions over IP address ranges.
//!
//! Terraform computes them with big integers and does not guard against negative numbers everywhere; the results are
//! odd then, and the same here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use num_bigint::{BigInt, Sign};

use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::text::{Text, text};
use crate::value::{Number, Type, Value};

const TEXT: Param = Param::new(Kind::String);
const NUMBER: Param = Param::new(Kind::Number);

pub(super) const ALL: &[Function] = &[
    Function::new("cidrhost", &[TEXT, NUMBER], Kind::String, host),
    Function::new("cidrnetmask", &[TEXT], Kind::String, netmask),
    Function::new("cidrsubnet", &[TEXT, NUMBER, NUMBER], Kind::String, subnet),
    Function::variadic(
        "cidrsubnets",
        &[TEXT],
        NUMBER,
        Kind::List(&Kind::String),
        subnets,
    ),
];

/// A network: its first address and the length of its prefix.
#[derive(Clone, Copy)]
struct Network {
    address: u128,
    prefix: u32,
    /// 32 or 128.
    width: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (address, width) = match parse_v4(address) {
            Some(address) => (u128::from(address), 32),
            None => (address.parse::<Ipv6Addr>().ok()?.to_bits(), 128),
        };
        if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= width)?;
        Some(Self {
            address: address & !low_bits(width - prefix),
            prefix,
            width,
        })
    }

    /// Bits behind the prefix.
    fn host_bits(self) -> u32 {
        self.width.saturating_sub(self.prefix)
    }

    /// The address with a number put in front of its last bits, as an address.
    fn insert(self, number: &BigInt, last_bits: u32) -> Option<IpAddr> {
        let combined = BigInt::from(self.address) | (number << last_bits);
        // Of a negative result Terraform takes the absolute value.
        let bits = u128::try_from(combined.magnitude()).ok()?;
        match self.width {
            32 => u32::try_from(bits)
                .ok()
                .map(|bits| Ipv4Addr::from_bits(bits).into()),
            _ => Some(Ipv6Addr::from_bits(bits).into()),
        }
    }

    /// The IPv4 network that an IPv6 one stands for.
    fn as_v4(self) -> Self {
        Self {
            address: self.address & low_bits(32),
            prefix: self.prefix.saturating_sub(96),
            width: 32,
        }
    }

    fn is_mapped_v4(self) -> bool {
        self.width == 128 && (self.address >> 32) == 0xffff
    }
}

/// Decimal parts, leading zeros allowed.
fn parse_v4(text: &str) -> Option<u32> {
    let mut bits = 0u32;
    let mut parts = 0;
    for part in text.split('.') {
        if part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        bits = (bits << 8)
            | u32::from(
                part.parse::<u32>()
                    .ok()
                    .and_then(|p| u8::try_from(p).ok())?,
            );
        parts += 1;
    }
    (parts == 4).then_some(bits)
}

fn low_bits(count: u32) -> u128 {
    1u128
        .checked_shl(count)
        .map_or(u128::MAX, |bit| bit.wrapping_sub(1))
}

fn network(call: &Call<'_>) -> Result<Network, FunctionError> {
    Network::parse(call.text(0)).ok_or_else(|| {
        FunctionError::argument(
            0,
            text!(
                "{:?} is no network such as 10.0.0.0/16",
                "{:?} n’est pas un réseau tel que 10.0.0.0/16",
                call.text(0)
            ),
        )
    })
}

fn big(number: &Number, at: usize) -> Result<BigInt, FunctionError> {
    let text = number.to_string();
    BigInt::parse_bytes(text.as_bytes(), 10).ok_or_else(|| {
        FunctionError::argument(
            at,
            Text::new("a whole number is required", "un nombre entier est requis"),
        )
    })
}

fn too_big(at: usize, what: Text) -> FunctionError {
    FunctionError::argument(
        at,
        text!("{what} does not fit into the network", "{what} ne tient pas dans le réseau"; what),
    )
}

fn host(call: &Call<'_>) -> Outcome {
    let network = network(call)?;
    let number = big(call.number(1)?, 1)?;
    let last = BigInt::from(low_bits(network.host_bits()));
    let is_negative = number.sign() == Sign::Minus;
    let distance = if is_negative { -number - 1 } else { number };
    if distance > last {
        return Err(too_big(1, Text::new("the host number", "le numéro d’hôte")));
    }
    let number = if is_negative {
        last - distance
    } else {
        distance
    };
    // In IPv6 addresses that stand for IPv4 ones Terraform puts the number at the wrong end.
    let last_bits = if network.is_mapped_v4() { 96 } else { 0 };
    let address = network
        .insert(&number, last_bits)
        .ok_or_else(|| too_big(1, Text::new("the host number", "le numéro d’hôte")))?;
    call.string(&address.to_string())
}

fn netmask(call: &Call<'_>) -> Outcome {
    let network = network(call)?;
    if network.is_mapped_v4() {
        let mask = Ipv6Addr::from_bits(!low_bits(network.host_bits()));
        return call.string(&mask.to_string());
    }
    if network.width != 32 {
        return Err(FunctionError::argument(
            0,
            Text::new(
                "IPv6 networks have no netmask",
                "les réseaux IPv6 n’ont pas de masque",
            ),
        ));
    }
    let mask = !low_bits(network.host_bits()) & low_bits(32);
    let mask = Ipv4Addr::from_bits(u32::try_from(mask).unwrap_or(u32::MAX));
    call.string(&mask.to_string())
}

fn subnet(call: &Call<'_>) -> Outcome {
    let network = network(call)?;
    let bits = call.int(1)?;
    let number = big(call.number(2)?, 2)?;
    let prefix = i64::from(network.prefix)
        .checked_add(bits)
        .and_then(|prefix| u32::try_from(prefix).ok())
        .filter(|prefix| *prefix <= network.width)
        .ok_or_else(|| {
            FunctionError::argument(
                1,
                Text::new(
                    "there is not enough room to extend the prefix so far",
                    "il n’y a pas assez de place pour étendre autant le préfixe",
                ),
            )
        })?;
    let most = match u32::try_from(bits) {
        Ok(bits) => BigInt::from(low_bits(bits)),
        Err(_) => BigInt::ZERO,
    };
    if number > most {
        return Err(too_big(
            2,
            Text::new("the subnet number", "le numéro de sous-réseau"),
        ));
    }
    let (network, prefix) = match network.is_mapped_v4() {
        true => (network.as_v4(), prefix - 96),
        false => (network, prefix),
    };
    let address = network
        .insert(&number, network.width - prefix)
        .ok_or_else(|| {
            too_big(
                2,
                Text::new("the subnet number", "le numéro de sous-réseau"),
            )
        })?;
    call.string(&format!("{address}/{prefix}"))
}

fn subnets(call: &Call<'_>) -> Outcome {
    let network = network(call)?;
    if network.is_mapped_v4() {
        return Err(FunctionError::argument(
            0,
            Text::new(
                "IPv4 addresses inside IPv6 cannot be divided",
                "des adresses IPv4 dans IPv6 ne peuvent pas être divisées",
            ),
        ));
    }
    let end = network.address | low_bits(network.host_bits());
    let mut next = Some(network.address);
    let mut out = Vec::new();
    for at in 1..call.args.len() {
        let bits = u32::try_from(call.int(at)?)
            .ok()
            .filter(|bits| (1..=32).contains(bits))
            .ok_or_else(|| {
                FunctionError::argument(
                    at,
                    Text::new(
                        "the prefix must be extended by 1 to 32 bits",
                        "le préfixe doit être étendu de 1 à 32 bits",
                    ),
                )
            })?;
        let prefix = network.prefix + bits;
        let full = || {
            FunctionError::argument(
                at,
                Text::new(
                    "there is no room left in the network",
                    "il n’y a plus de place dans le réseau",
                ),
            )
        };
        let host_bits = network.width.checked_sub(prefix).ok_or_else(full)?;
        // Up to the next address that such a network may start at.
        let start = next
            .and_then(|next| next.checked_add(low_bits(host_bits)))
            .map(|next| next & !low_bits(host_bits))
            .filter(|start| *start <= end)
            .ok_or_else(full)?;
        next = start
            .checked_add(low_bits(host_bits))
            .and_then(|last| last.checked_add(1));
        let found = Network {
            address: start,
            prefix,
            ..network
        };
        let address = found.insert(&BigInt::ZERO, 0).ok_or_else(full)?;
        out.push(Value::string(format!("{address}/{prefix}")));
    }
    Ok(Value::list(Type::String, out))
}
