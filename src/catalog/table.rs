//! Tables that cost nothing until they are asked.
//!
//! `read/write.rs` writes them: number of records and of keys; where each record starts, and the end; for each key
//! in order where it starts and which record it leads to, and the end of the last; the keys; the records.
//! Numbers are 32 bits, little endian. Looking up is a binary search in the bytes, and in a table that is asked often a
//! hash; a record is decoded when it is first asked for, and kept.

use std::cmp::Ordering;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering as Memory};

use hashbrown::HashMap;

/// How the bytes of a record become a value.
type Decode<T> = fn(&[u8]) -> Option<T>;

/// Where the record of a number is kept once decoded.
type Slots<T> = Box<[OnceLock<Option<Box<T>>>]>;

/// Keys with the numbers of their records.
type Index = HashMap<&'static [u8], u32>;

/// Look-ups after which a hash pays.
const OFTEN: u32 = 256;

pub(super) struct Table<T> {
    bytes: &'static [u8],
    decode: Decode<T>,
    slots: OnceLock<Slots<T>>,
    asked: AtomicU32,
    index: OnceLock<Index>,
}

impl<T> Table<T> {
    pub(super) const fn new(bytes: &'static [u8], decode: Decode<T>) -> Self {
        Self {
            bytes,
            decode,
            slots: OnceLock::new(),
            asked: AtomicU32::new(0),
            index: OnceLock::new(),
        }
    }

    fn word(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at * 4..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    }

    /// Number of records.
    pub(super) fn len(&self) -> usize {
        self.word(0).unwrap_or(0)
    }

    fn key_count(&self) -> usize {
        self.word(1).unwrap_or(0)
    }

    /// Position, in words, of the index entry of a key.
    fn index_at(&self, key: usize) -> usize {
        2 + self.len() + 1 + key * 2
    }

    /// Position, in bytes, of the first key.
    fn keys_start(&self) -> usize {
        (self.index_at(self.key_count()) + 1) * 4
    }

    fn key(&self, number: usize) -> Option<&'static [u8]> {
        let start = self.keys_start();
        let (from, to) = (
            self.word(self.index_at(number))?,
            self.word(self.index_at(number + 1))?,
        );
        self.bytes.get(start + from..start + to)
    }

    /// Number of the record a key leads to.
    fn find(&self, key: &str) -> Option<usize> {
        if let Some(index) = self.index.get() {
            return index.get(key.as_bytes()).map(|number| *number as usize);
        }
        if self.asked.fetch_add(1, Memory::Relaxed) == OFTEN {
            self.index.get_or_init(|| self.hashed());
        }
        self.search(key)
    }

    fn hashed(&self) -> Index {
        let keys = (0..self.key_count()).filter_map(|at| {
            let number = self.word(self.index_at(at) + 1)?;
            Some((self.key(at)?, u32::try_from(number).ok()?))
        });
        keys.collect()
    }

    fn search(&self, key: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.key_count());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.key(middle)?.cmp(key.as_bytes()) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.word(self.index_at(middle) + 1),
            }
        }
        None
    }

    /// The record of a number.
    pub(super) fn at(&self, number: usize) -> Option<&T> {
        let slots = self
            .slots
            .get_or_init(|| (0..self.len()).map(|_| OnceLock::new()).collect());
        slots
            .get(number)?
            .get_or_init(|| self.read(number).map(Box::new))
            .as_deref()
    }

    fn read(&self, number: usize) -> Option<T> {
        let keys_length = self.word(self.index_at(self.key_count()))?;
        let start = self.keys_start() + keys_length;
        let (from, to) = (self.word(2 + number)?, self.word(3 + number)?);
        (self.decode)(self.bytes.get(start + from..start + to)?)
    }

    /// The record a key leads to.
    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.at(self.find(key)?)
    }

    /// Every record, in the order of the files.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).filter_map(|number| self.at(number))
    }

    /// Every key, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        (0..self.key_count()).filter_map(|number| std::str::from_utf8(self.key(number)?).ok())
    }

    /// Every key, in order, with the number of its record.
    pub(super) fn index(&self) -> impl Iterator<Item = (String, u32)> {
        (0..self.key_count()).filter_map(|number| {
            let key = std::str::from_utf8(self.key(number)?).ok()?;
            let record = u32::try_from(self.word(self.index_at(number) + 1)?).ok()?;
            Some((key.to_owned(), record))
        })
    }
}
