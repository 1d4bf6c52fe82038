//! Who runs it, under which offering, and how that stands on a day.
