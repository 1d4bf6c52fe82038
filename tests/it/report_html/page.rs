//! What every HTML report is held to. The fuzz targets use it as well: nothing here needs the rest.

use std::collections::BTreeSet;

/// Elements that the page is made of.
const ELEMENTS: &str = "!doctype a b body button caption circle code dd defs details div dl dt figcaption figure footer form g h1 \
    h2 h3 h4 head header html input label li line link main mark meta nav ol option p path pattern pre rect script section select \
    span strong style summary svg table tbody td text th thead title tr ul";

/// Attributes that they have.
const ATTRIBUTES: &str = "aria-hidden aria-label aria-labelledby autocomplete charset class content cx cy d data-dark data-fails \
    data-level data-light data-outcome data-rule data-set data-severity data-waived data-words dx fill focusable height hidden \
    href html http-equiv id lang name open patternTransform patternUnits r rel role rx scope spellcheck tabindex transform type \
    value viewBox width x x1 x2 y y1 y2";

/// Elements without an end.
const VOID: [&str; 4] = ["!doctype", "input", "link", "meta"];

/// A tag as it is written.
#[derive(Debug)]
pub(crate) struct Tag<'p> {
    pub(crate) name: &'p str,
    pub(crate) is_end: bool,
    pub(crate) attributes: Vec<(&'p str, &'p str)>,
}

impl<'p> Tag<'p> {
    pub(crate) fn get(&self, name: &str) -> Option<&'p str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(of, _)| *of == name)
            .map(|(_, value)| *value)
    }
}

/// Every tag of a page. Stricter than any browser: what is written in another way than the writer of the page writes, fails.
pub(crate) fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>'), "text with a loose bracket: {text}");
        let end = after.find('>').expect("a tag has an end");
        let (inside, next) = (&after[..end], &after[end + 1..]);
        rest = next;
        let (is_end, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        let (name, mut more) = inside.split_once(' ').unwrap_or((inside, ""));
        let mut attributes = Vec::new();
        if name == "!doctype" {
            more = "";
        }
        while !more.is_empty() {
            let (attribute, value) = more
                .split_once("=\"")
                .expect("an attribute has a value in quotes");
            let (value, after) = value.split_once('"').expect("quotes are closed");
            attributes.push((attribute, value));
            more = after.strip_prefix(' ').unwrap_or_else(|| {
                assert!(after.is_empty(), "something follows a value: {inside}");
                after
            });
        }
        if let (false, "style" | "script") = (is_end, name) {
            // As browsers do: the first end that looks like one ends it.
            let end = rest.find(&format!("</{name}")).expect("an end");
            rest = &rest[end..];
        }
        tags.push(Tag {
            name,
            is_end,
            attributes,
        });
    }
    assert!(!rest.contains('>'), "text with a loose bracket: {rest}");
    tags
}

/// What holds of every page.
pub(crate) fn hold(page: &str) {
    let tags = tags(page);
    let elements: BTreeSet<&str> = ELEMENTS.split_whitespace().collect();
    let attributes: BTreeSet<&str> = ATTRIBUTES.split_whitespace().collect();
    let (mut ids, mut hrefs, mut open) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for tag in &tags {
        assert!(elements.contains(tag.name), "{tag:?}");
        for (name, value) in &tag.attributes {
            assert!(attributes.contains(name), "{name} of {tag:?}");
            match *name {
                "id" => assert!(ids.insert(*value), "twice: {value}"),
                "href" => drop(hrefs.insert(*value)),
                _ => {}
            }
        }
        if tag.is_end {
            assert_eq!(open.pop(), Some(tag.name), "nesting");
        } else if !VOID.contains(&tag.name) {
            open.push(tag.name);
        }
    }
    assert_eq!(open, [""; 0], "all is closed");
    for href in hrefs {
        match href.strip_prefix('#') {
            Some(id) => assert!(ids.contains(id), "nothing stands at {href}"),
            None => assert_eq!(href, "data:,", "a link out of the page"),
        }
    }
    for tag in &tags {
        for one in ["aria-labelledby", "for"] {
            let of = tag.get(one);
            assert!(of.is_none_or(|id| ids.contains(id)), "{tag:?}");
        }
    }
    let count = |name: &str| {
        tags.iter()
            .filter(|tag| tag.name == name && !tag.is_end)
            .count()
    };
    for once in [
        "html", "head", "body", "style", "script", "main", "nav", "h1",
    ] {
        assert_eq!(count(once), 1, "{once}");
    }
    assert_eq!(
        count("table"),
        count("caption"),
        "every table says what it is"
    );
    let hostile = |c: &char| {
        (c.is_control() && *c != '\n' && *c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(page.chars().find(hostile), None);
    assert_eq!(headings(&tags), BTreeSet::new(), "a heading skips a level");
}

/// Headings that stand more than one level below the one before.
fn headings<'p>(tags: &[Tag<'p>]) -> BTreeSet<&'p str> {
    let level = |tag: &Tag<'_>| tag.name.strip_prefix('h')?.parse::<u32>().ok();
    let all: Vec<(u32, &'p str)> = tags
        .iter()
        .filter(|tag| !tag.is_end)
        .filter_map(|tag| Some((level(tag)?, tag.name)))
        .collect();
    let skips = all.windows(2).filter(|pair| pair[1].0 > pair[0].0 + 1);
    skips.map(|pair| pair[1].1).collect()
}
