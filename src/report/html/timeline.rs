//! Visas on a line of years: when each starts and ends, and where the day of the scan stands among them.

use super::hosts::{Host, visa_words};
use super::markup::Markup;
use super::{Page, table};
use crate::catalog::{Date, Standing};

/// A visa with fewer days left is marked.
pub(super) const YEAR: i64 = 365;
/// Years that are written on the line, at most.
const MARKS: usize = 10;

/// The years that are drawn.
struct Years {
    first: Date,
    days: i64,
    from: u16,
    to: u16,
}

impl Years {
    /// From the year of the first start to that of the last end, with room around the day of the scan.
    fn of(days: &[Date], as_of: Date) -> Option<Self> {
        let years = || days.iter().copied().chain([as_of]).filter_map(year);
        let from = years().min()?.min(year(as_of)?.saturating_sub(1));
        let to = years().max()?.max(year(as_of)? + 1);
        let first = Date::new(from, 1, 1)?;
        let last = Date::new(to, 12, 31)?;
        Some(Self {
            first,
            days: first.days_until(last).max(1),
            from,
            to,
        })
    }

    /// Where a day stands, in percent.
    fn at(&self, day: Date) -> f64 {
        let days = self.first.days_until(day) as f64;
        (100.0 * days / self.days as f64).clamp(0.0, 100.0)
    }

    /// First days of years, not too many.
    fn marks(&self) -> impl Iterator<Item = (u16, Date)> + '_ {
        let years = usize::from(self.to - self.from) + 1;
        let step = years.div_ceil(MARKS).max(1);
        (self.from..=self.to)
            .step_by(step)
            .filter_map(|year| Some((year, Date::new(year, 1, 1)?)))
    }
}

fn year(day: Date) -> Option<u16> {
    day.to_string().get(..4)?.parse().ok()
}

pub(super) fn write(page: &Page<'_>, h: &mut Markup, hosts: &[Host<'_>]) {
    let as_of = page.report.settings.as_of;
    let offerings: Vec<&Host<'_>> = hosts
        .iter()
        .filter(|host| host.offering.is_some())
        .collect();
    let visas = offerings.iter().filter_map(|host| host.visa);
    let days: Vec<Date> = visas
        .flat_map(|visa| [visa.from, visa.to])
        .flatten()
        .collect();
    let years = Years::of(&days, as_of);
    h.leaf(
        "h3",
        &[],
        page.say("Visas over time", "Les visas dans le temps"),
    );
    let Some(years) = years.filter(|_| !days.is_empty()) else {
        let none = page.say(
            "No offering in use has a SecNumCloud visa with known dates.",
            "Aucune offre utilisée n’a de visa SecNumCloud aux dates connues.",
        );
        h.leaf("p", &[], none);
        return;
    };
    let caption = format!(
        "{} {as_of}",
        page.say(
            "SecNumCloud visas of the offerings in use; the line is",
            "Visas SecNumCloud des offres utilisées\u{a0}; le trait est le"
        )
    );
    let headings = [
        page.say("Offering", "Offre"),
        page.say("Visa", "Visa"),
        page.say("From year to year", "D’année en année"),
    ];
    table(h, "timeline", &caption, &headings, |h| {
        for host in offerings {
            h.tag("tr", &[], |h| {
                h.leaf("th", &[("scope", "row")], &host.name);
                h.tag("td", &[], |h| {
                    h.text(&visa_words(page, host));
                    if let Some(from) = host.visa.and_then(|visa| visa.from) {
                        let from = format!("{} {from}", page.say("since", "depuis le"));
                        h.leaf("span", &[("class", "under")], &from);
                    }
                });
                h.tag("td", &[("class", "line")], |h| line(h, host, &years, as_of));
            });
        }
        h.tag("tr", &[("class", "axis"), ("aria-hidden", "true")], |h| {
            h.leaf("td", &[], "");
            h.leaf("td", &[], "");
            h.tag("td", &[("class", "line")], |h| axis(h, &years, as_of));
        });
    });
}

/// The words beside it say the same, so it is hidden from those who cannot see it.
const FRAME: [(&str, &str); 3] = [
    ("class", "bar"),
    ("aria-hidden", "true"),
    ("focusable", "false"),
];

fn line(h: &mut Markup, host: &Host<'_>, years: &Years, as_of: Date) {
    h.tag("svg", &FRAME, |h| {
        for (_, first) in years.marks() {
            upright(h, "year", years.at(first));
        }
        let dates = host
            .visa
            .and_then(|visa| Some((visa, visa.from?, visa.to?)));
        if let Some((visa, from, to)) = dates {
            let class = match visa.standing {
                Standing::InForce if as_of.days_until(to) <= YEAR => "visa ending",
                Standing::InForce => "visa force",
                Standing::Lapsed => "visa lapsed",
                Standing::Candidate | Standing::None => "visa later",
            };
            let (from, to) = (years.at(from), years.at(to));
            let rect = [
                ("class", class.to_owned()),
                ("x", format!("{from:.2}%")),
                ("y", "7".to_owned()),
                ("width", format!("{:.2}%", (to - from).max(0.4))),
                ("height", "10".to_owned()),
                ("rx", "2".to_owned()),
            ];
            let rect: Vec<(&'static str, &str)> =
                rect.iter().map(|(k, v)| (*k, v.as_str())).collect();
            h.tag("rect", &rect, |_| {});
        }
        upright(h, "today", years.at(as_of));
    });
}

fn upright(h: &mut Markup, class: &str, at: f64) {
    let at = format!("{at:.2}%");
    let line = [
        ("class", class),
        ("x1", &at),
        ("x2", &at),
        ("y1", "0"),
        ("y2", "24"),
    ];
    h.tag("line", &line, |_| {});
}

fn axis(h: &mut Markup, years: &Years, as_of: Date) {
    h.tag("svg", &FRAME, |h| {
        for (year, first) in years.marks() {
            let at = format!("{:.2}%", years.at(first));
            let text = [
                ("class", "tick"),
                ("x", at.as_str()),
                ("y", "15"),
                ("dx", "3"),
            ];
            h.leaf("text", &text, &year.to_string());
        }
        upright(h, "today", years.at(as_of));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_years_has_room_for_all_days() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let as_of = day("2026-11-21");
        let years = Years::of(&[day("2023-12-01"), day("2028-05-01")], as_of).expect("years");
        assert_eq!((years.from, years.to), (2023, 2028));
        assert!(years.at(day("2023-01-01")) < 0.01 && years.at(day("2028-12-31")) > 99.9);
        assert!((years.at(as_of) - 64.8).abs() < 0.5, "{}", years.at(as_of));
        assert_eq!(years.marks().count(), 6);
        // A date that no visa has gives a picture all the same.
        let wide = Years::of(&[day("0001-01-01"), day("9998-01-01")], as_of).expect("years");
        assert!(wide.marks().count() <= MARKS + 1);
        assert!(Years::of(&[], day("9999-06-01")).is_none());
    }
}
