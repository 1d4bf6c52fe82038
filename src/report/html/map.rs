//! Where data sits: a map of tiles, one for each country, and the same as a table. A map of tiles shows a small country as
//! well as a large one, and says nothing that is not counted.

use std::collections::{BTreeMap, BTreeSet};

use super::countries;
use super::markup::Markup;
use super::{MAP, Page, judged, number, part, table};
use crate::catalog::{Area, Class};
use crate::config::words::Level;
use crate::facts::{Fact, Location};
use crate::graph::ResourceId;
use crate::report::Lang;
use crate::report::human::phrases::A_RESOURCE;
use crate::verdict::Outcome;

/// The European Economic Area, Switzerland and the United Kingdom, each with column and row, roughly as on a map.
const TILES: [(&str, u32, u32); 32] = [
    ("IS", 0, 0),
    ("NO", 4, 0),
    ("SE", 5, 0),
    ("FI", 6, 0),
    ("DK", 4, 1),
    ("EE", 6, 1),
    ("IE", 0, 2),
    ("GB", 1, 2),
    ("NL", 3, 2),
    ("DE", 4, 2),
    ("PL", 5, 2),
    ("LV", 6, 2),
    ("BE", 2, 3),
    ("LU", 3, 3),
    ("CZ", 4, 3),
    ("SK", 5, 3),
    ("LT", 6, 3),
    ("FR", 2, 4),
    ("CH", 3, 4),
    ("LI", 4, 4),
    ("AT", 5, 4),
    ("HU", 6, 4),
    ("RO", 7, 4),
    ("PT", 0, 5),
    ("ES", 1, 5),
    ("IT", 4, 5),
    ("SI", 5, 5),
    ("HR", 6, 5),
    ("BG", 7, 5),
    ("MT", 4, 6),
    ("GR", 7, 6),
    ("CY", 8, 6),
];
/// Columns of the map.
const COLUMNS: u32 = 9;
/// From tile to tile.
const STEP: u32 = 40;
/// A side of a tile.
const SIDE: u32 = 36;
/// Where the tiles outside Europe start.
const ELSEWHERE: u32 = 7 * STEP + 26;

/// Where something is: a country, everywhere, or nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spot<'a> {
    Country(&'a str),
    Worldwide,
    Unknown,
}

/// What is at a spot.
#[derive(Debug, Default)]
struct Stock {
    levels: BTreeMap<Level, usize>,
    copies: usize,
    /// Resources with a violation that speaks of places.
    violations: usize,
}

impl Stock {
    fn total(&self) -> usize {
        self.levels.values().sum()
    }

    fn is_empty(&self) -> bool {
        self.total() + self.copies == 0
    }
}

/// All that holds data, by where it is.
struct Stocks<'a> {
    by_spot: BTreeMap<Spot<'a>, Stock>,
    resources: usize,
    /// Those in more than one country.
    spread: usize,
}

impl<'a> Stocks<'a> {
    fn count(page: &Page<'a>) -> Self {
        let misplaced: BTreeSet<ResourceId> = page
            .report
            .findings
            .iter()
            .filter(|one| one.waived.is_none() && one.outcome == Outcome::Violation)
            .filter(|one| one.rule.starts_with("residency/"))
            .filter_map(|one| one.on)
            .collect();
        let mut all = Self {
            by_spot: BTreeMap::from([
                (Spot::Worldwide, Stock::default()),
                (Spot::Unknown, Stock::default()),
            ]),
            resources: 0,
            spread: 0,
        };
        let holding = |classes: crate::catalog::ClassSet| classes.contains(Class::HoldsData);
        for (resource, facts) in judged(page.report).filter(|(_, facts)| holding(facts.classes)) {
            let spots = spots(&facts.location);
            all.resources += 1;
            all.spread += usize::from(spots.len() > 1);
            for spot in spots {
                let stock = all.by_spot.entry(spot).or_default();
                *stock.levels.entry(facts.sensitivity.level).or_default() += 1;
                stock.violations += usize::from(misplaced.contains(&resource.id));
            }
            for copy in &facts.copies {
                // A destination that is a resource of the scan is counted as one.
                if copy.target.is_some() {
                    continue;
                }
                for spot in spots_of_copy(&copy.location) {
                    all.by_spot.entry(spot).or_default().copies += 1;
                }
            }
        }
        all
    }

    fn of(&self, country: &'static str) -> Option<&Stock> {
        self.by_spot.get(&Spot::Country(country))
    }

    /// Levels that something has, from the gravest.
    fn levels(&self) -> Vec<Level> {
        let has = |level: &&Level| {
            let mut stocks = self.by_spot.values();
            stocks.any(|stock| stock.levels.contains_key(level))
        };
        Level::ALL.iter().rev().filter(has).copied().collect()
    }
}

fn spots(location: &Fact<Location>) -> Vec<Spot<'_>> {
    match location {
        Fact::Known(at) if at.countries.is_empty() => vec![Spot::Worldwide],
        Fact::Known(at) => {
            let countries: BTreeSet<&str> = at.countries.iter().map(|code| &**code).collect();
            countries.into_iter().map(Spot::Country).collect()
        }
        Fact::Unknown(_) | Fact::Absent => vec![Spot::Unknown],
    }
}

fn spots_of_copy(location: &Fact<Location>) -> Vec<Spot<'_>> {
    match location {
        Fact::Absent => Vec::new(),
        _ => spots(location),
    }
}

pub(super) fn write(page: &Page<'_>, h: &mut Markup) {
    part(page, h, &MAP, |h| {
        let stocks = Stocks::count(page);
        if stocks.resources == 0 {
            let none = page.say(
                "Nothing that was read holds data.",
                "Rien de ce qui a été lu ne détient de données.",
            );
            h.leaf("p", &[], none);
            return;
        }
        h.leaf("p", &[("class", "lead")], &lead(page, &stocks));
        h.tag("div", &[("class", "beside")], |h| {
            h.tag("figure", &[("class", "map")], |h| {
                draw(page, h, &stocks);
                legend(page, h, &stocks);
            });
            rows(page, h, &stocks);
        });
    });
}

fn lead(page: &Page<'_>, stocks: &Stocks<'_>) -> String {
    let resources = page.lang.count(stocks.resources, A_RESOURCE);
    let places = |spot: &Spot<'_>| matches!(spot, Spot::Country(_));
    let of = |area: fn(Area) -> bool| -> usize {
        let among = stocks.by_spot.iter().filter(|(spot, _)| places(spot));
        among
            .filter(|(spot, _)| area(area_of(page, spot)))
            .map(|(_, stock)| stock.total())
            .sum()
    };
    let inside = of(|area| matches!(area, Area::Eu | Area::Eea));
    let outside = of(|area| !matches!(area, Area::Eu | Area::Eea));
    let total = |spot| stocks.by_spot.get(&spot).map_or(0, Stock::total);
    let (wide, unknown) = (total(Spot::Worldwide), total(Spot::Unknown));
    let mut parts = vec![
        format!(
            "{inside} {}",
            page.say(
                "in the European Economic Area",
                "dans l’Espace économique européen"
            )
        ),
        format!("{outside} {}", page.say("outside it", "en dehors")),
    ];
    if wide > 0 {
        parts.push(format!(
            "{wide} {}",
            page.say("in no fixed place", "sans lieu fixe")
        ));
    }
    parts.push(format!(
        "{unknown} {}",
        page.say(
            "in a place that is not established",
            "dans un lieu non établi"
        )
    ));
    let hold = page.say("with data:", "avec des données\u{a0}:");
    let mut text = format!("{resources} {hold} {}.", parts.join(", "));
    if stocks.spread > 0 {
        text += &match page.lang {
            Lang::En => format!(
                " Of these {} in several countries, and counted in each.",
                if stocks.spread == 1 {
                    "one is".to_owned()
                } else {
                    format!("{} are", stocks.spread)
                }
            ),
            Lang::Fr => format!(
                " Parmi elles, {} dans plusieurs pays, et {} dans chacun.",
                if stocks.spread == 1 {
                    "une est".to_owned()
                } else {
                    format!("{} sont", stocks.spread)
                },
                if stocks.spread == 1 {
                    "comptée"
                } else {
                    "comptées"
                }
            ),
        };
    }
    text
}

fn area_of(page: &Page<'_>, spot: &Spot<'_>) -> Area {
    match spot {
        Spot::Country(code) => page
            .report
            .catalog
            .area(&[*code], page.report.settings.as_of),
        Spot::Worldwide | Spot::Unknown => Area::Worldwide,
    }
}

/// The class that colours an area.
fn area_class(spot: &Spot<'_>, area: Area) -> &'static str {
    match (spot, area) {
        (Spot::Unknown, _) => "a-unknown",
        (_, Area::Eu) => "a-eu",
        (_, Area::Eea) => "a-eea",
        (_, Area::Adequate) => "a-adequate",
        (_, Area::Third) => "a-third",
        (_, Area::Worldwide) => "a-worldwide",
    }
}

fn area_words(page: &Page<'_>, spot: &Spot<'_>, area: Area) -> &'static str {
    match (spot, area) {
        (Spot::Unknown, _) => page.say("not established", "non établi"),
        (_, Area::Eu) => page.say("European Union", "Union européenne"),
        (_, Area::Eea) => page.say("EEA, not the Union", "EEE hors Union"),
        (_, Area::Adequate) => page.say("adequacy decision", "décision d’adéquation"),
        (_, Area::Third) => page.say("third country", "pays tiers"),
        (_, Area::Worldwide) => page.say("no fixed place", "sans lieu fixe"),
    }
}

fn name(page: &Page<'_>, spot: &Spot<'_>) -> String {
    match spot {
        Spot::Country(code) => countries::name(code, page.report.catalog, page.lang).into_owned(),
        Spot::Worldwide => page.say("Worldwide", "Monde entier").to_owned(),
        Spot::Unknown => page.say("Unknown", "Inconnu").to_owned(),
    }
}

/// What stands in a tile.
fn code<'s>(spot: &Spot<'s>) -> &'s str {
    match spot {
        Spot::Country(code) => code,
        Spot::Worldwide => "WW",
        Spot::Unknown => "?",
    }
}

fn draw(page: &Page<'_>, h: &mut Markup, stocks: &Stocks<'_>) {
    let on_map = |code: &str| TILES.iter().any(|(tile, ..)| *tile == code);
    let elsewhere: Vec<Spot<'_>> = stocks
        .by_spot
        .keys()
        .filter(|spot| !matches!(spot, Spot::Country(code) if on_map(code)))
        .copied()
        .collect();
    let lines = (elsewhere.len() as u32).div_ceil(COLUMNS);
    let (width, height) = (COLUMNS * STEP, ELSEWHERE + lines * STEP);
    let label = page.say(
        "Map of tiles: how many resources with data are in each country. The table says the same.",
        "Carte en tuiles\u{a0}: combien de ressources avec des données dans chaque pays. Le tableau dit la même chose.",
    );
    let frame = [
        ("viewBox", format!("-1 -1 {} {}", width - 2, height - 2)),
        ("role", "img".to_owned()),
        ("aria-label", label.to_owned()),
    ];
    let frame: Vec<(&'static str, &str)> = frame.iter().map(|(k, v)| (*k, v.as_str())).collect();
    h.tag("svg", &frame, |h| {
        patterns(h);
        for (code, column, row) in TILES {
            let spot = Spot::Country(code);
            tile(page, h, &spot, stocks.of(code), (column * STEP, row * STEP));
        }
        let text = [
            ("class", "region"),
            ("x", "0"),
            ("y", &(ELSEWHERE - 8).to_string()),
        ];
        h.leaf(
            "text",
            &text,
            page.say("Outside this map", "Hors de cette carte"),
        );
        for (at, spot) in (0..).zip(&elsewhere) {
            let (column, row) = (at % COLUMNS, at / COLUMNS);
            let corner = (column * STEP, ELSEWHERE + row * STEP);
            tile(page, h, spot, stocks.by_spot.get(spot), corner);
        }
    });
}

/// An area is told by its pattern as well as by its colour.
fn patterns(h: &mut Markup) {
    h.fixed(concat!(
        "<defs>",
        "<pattern id=\"p-eea\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">",
        "<path class=\"ink\" d=\"M0 0V5\"></path></pattern>",
        "<pattern id=\"p-adequate\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">",
        "<circle class=\"dot\" cx=\"1.5\" cy=\"1.5\" r=\".8\"></circle></pattern>",
        "<pattern id=\"p-third\" width=\"4.5\" height=\"4.5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">",
        "<path class=\"ink\" d=\"M0 0V4.5M0 0H4.5\"></path></pattern>",
        "</defs>"
    ));
}

fn pattern(area: &str) -> Option<&'static str> {
    match area {
        "a-eea" => Some("url(#p-eea)"),
        "a-adequate" => Some("url(#p-adequate)"),
        "a-third" | "a-worldwide" => Some("url(#p-third)"),
        _ => None,
    }
}

fn tile(
    page: &Page<'_>,
    h: &mut Markup,
    spot: &Spot<'_>,
    stock: Option<&Stock>,
    (x, y): (u32, u32),
) {
    let empty = Stock::default();
    let stock = stock.unwrap_or(&empty);
    let area = area_class(spot, area_of(page, spot));
    let class = if stock.is_empty() {
        format!("tile {area} empty")
    } else {
        format!("tile {area}")
    };
    let place = format!("translate({x} {y})");
    let side = SIDE.to_string();
    let square = [("width", side.as_str()), ("height", &side), ("rx", "4")];
    h.tag("g", &[("class", &class), ("transform", &place)], |h| {
        let colon = page.say(":", "\u{a0}:");
        let title = format!("{}{colon} {}", name(page, spot), stock.total());
        h.leaf("title", &[], &title);
        h.tag(
            "rect",
            &[&square[..], &[("class", "ground")]].concat(),
            |_| {},
        );
        if let Some(fill) = pattern(area).filter(|_| !stock.is_empty()) {
            let over = [&square[..], &[("class", "pattern"), ("fill", fill)]].concat();
            h.tag("rect", &over, |_| {});
        }
        h.leaf(
            "text",
            &[("class", "code"), ("x", "4"), ("y", "11")],
            code(spot),
        );
        if stock.violations > 0 {
            let mark = [("class", "mark"), ("d", "M27 11.5 30.5 5 34 11.5Z")];
            h.tag("path", &mark, |_| {});
        }
        if stock.is_empty() {
            return;
        }
        let total = stock.total().to_string();
        h.leaf(
            "text",
            &[("class", "count"), ("x", "18"), ("y", "25.5")],
            &total,
        );
        if stock.copies > 0 {
            let copies = format!("+{}", stock.copies);
            h.leaf(
                "text",
                &[("class", "copies"), ("x", "33"), ("y", "25")],
                &copies,
            );
        }
        bar(h, stock);
    });
}

/// The share of each level, gravest first.
fn bar(h: &mut Markup, stock: &Stock) {
    let total = stock.total().max(1) as f64;
    let mut from = 0.0;
    for (level, n) in stock.levels.iter().rev() {
        let wide = 28.0 * *n as f64 / total;
        let rect = [
            ("class", format!("level l-{level}")),
            ("x", format!("{:.2}", 4.0 + from)),
            ("y", "29.5".to_owned()),
            ("width", format!("{wide:.2}")),
            ("height", "4".to_owned()),
        ];
        let rect: Vec<(&'static str, &str)> = rect.iter().map(|(k, v)| (*k, v.as_str())).collect();
        h.tag("rect", &rect, |_| {});
        from += wide;
    }
}

fn legend(page: &Page<'_>, h: &mut Markup, stocks: &Stocks<'_>) {
    h.tag("figcaption", &[], |h| {
        h.tag("ul", &[("class", "legend")], |h| {
            for area in [Area::Eu, Area::Eea, Area::Adequate, Area::Third, Area::Worldwide] {
                let spot = Spot::Country("");
                let class = area_class(&spot, area);
                h.tag("li", &[], |h| {
                    swatch(h, class, pattern(class));
                    h.text(area_words(page, &spot, area));
                });
            }
            h.tag("li", &[], |h| {
                h.fixed("<svg class=\"swatch\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path class=\"mark\" d=\"M1 15 8 2 15 15Z\"></path></svg>");
                h.text(page.say("a violation about places", "une violation sur le lieu"));
            });
        });
        h.tag("ul", &[("class", "legend")], |h| {
            for level in stocks.levels() {
                h.tag("li", &[], |h| {
                    let class = format!("level l-{level}");
                    h.tag(
                        "svg",
                        &[("class", "swatch"), ("viewBox", "0 0 16 16"), ("aria-hidden", "true")],
                        |h| {
                            let rect = [("class", class.as_str()), ("width", "16"), ("height", "16")];
                            h.tag("rect", &rect, |_| {});
                        },
                    );
                    h.text(page.lang.data(level));
                });
            }
        });
    });
}

fn swatch(h: &mut Markup, area: &str, pattern: Option<&str>) {
    let frame = [
        ("class", "swatch"),
        ("viewBox", "0 0 16 16"),
        ("aria-hidden", "true"),
    ];
    let square = [("width", "16"), ("height", "16")];
    h.tag("svg", &frame, |h| {
        h.tag("g", &[("class", &format!("tile {area}"))], |h| {
            h.tag(
                "rect",
                &[&square[..], &[("class", "ground")]].concat(),
                |_| {},
            );
            if let Some(fill) = pattern {
                let over = [&square[..], &[("class", "pattern"), ("fill", fill)]].concat();
                h.tag("rect", &over, |_| {});
            }
        });
    });
}

fn rows(page: &Page<'_>, h: &mut Markup, stocks: &Stocks<'_>) {
    let levels = stocks.levels();
    let mut headings = vec![page.say("Country", "Pays"), page.say("Area", "Zone")];
    let (mut copies, mut misplaced) = (false, false);
    for stock in stocks.by_spot.values() {
        copies |= stock.copies > 0;
        misplaced |= stock.violations > 0;
    }
    // What matters most comes first: the levels may lie outside a narrow window.
    if misplaced {
        headings.push(page.say("Violations", "Violations"));
    }
    headings.push(page.say("All", "Toutes"));
    if copies {
        headings.push(page.say("Copies", "Copies"));
    }
    headings.extend(levels.iter().map(|level| page.lang.level(*level)));
    let mut spots: Vec<(&Spot<'_>, &Stock)> = stocks.by_spot.iter().collect();
    // The widest area last: what is outside stands together.
    spots.sort_by_key(|(spot, stock)| {
        (
            area_of(page, spot),
            std::cmp::Reverse(stock.total()),
            **spot,
        )
    });
    let caption = page.say(
        "Resources that hold data, by country and level",
        "Ressources qui détiennent des données, par pays et par niveau",
    );
    table(h, "places", caption, &headings, |h| {
        for (spot, stock) in spots {
            let area = area_of(page, spot);
            h.tag("tr", &[], |h| {
                h.tag("th", &[("scope", "row")], |h| {
                    h.text(&name(page, spot));
                    if let Spot::Country(code) = spot {
                        h.text(" ");
                        h.leaf("span", &[("class", "iso")], code);
                    }
                });
                h.leaf("td", &[], area_words(page, spot, area));
                if misplaced {
                    violations(h, stock.violations);
                }
                number(h, stock.total());
                if copies {
                    number(h, stock.copies);
                }
                for level in &levels {
                    number(h, stock.levels.get(level).copied().unwrap_or(0));
                }
            });
        }
    });
}

fn violations(h: &mut Markup, n: usize) {
    if n == 0 {
        number(h, 0);
    } else {
        h.leaf("td", &[("class", "n bad")], &format!("▲ {n}"));
    }
}
