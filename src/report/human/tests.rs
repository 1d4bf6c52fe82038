use super::{Look, Verbosity, write};
use crate::report::testing::Sample;
use crate::verdict::ExitStatus;

#[test]
fn look_at_it() {
    let sample = Sample::new();
    for color in [false, true] {
        let look = Look {
            color,
            ..Look::default()
        };
        println!(
            "{}",
            write(&sample.report(ExitStatus::Incomplete), &look).expect("a report")
        );
    }
    let look = Look {
        verbosity: Verbosity::Verbose,
        ..Look::default()
    };
    println!(
        "VERBOSE\n{}",
        write(&sample.report(ExitStatus::Incomplete), &look).expect("a report")
    );
    let look = Look {
        verbosity: Verbosity::Quiet,
        ..Look::default()
    };
    println!(
        "QUIET\n{}",
        write(&sample.report(ExitStatus::Incomplete), &look).expect("a report")
    );
}
