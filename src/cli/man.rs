//! `gardefou man`: the manual pages, made from the command line itself.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _};

use super::args::{Cli, ManArgs};
use super::{Fault, terminal};
use crate::text::Text;
use crate::verdict::ExitStatus;

pub(super) fn run(args: &ManArgs) -> Result<ExitStatus, Fault> {
    let mut command = Cli::command();
    command.build();
    match &args.to {
        Some(folder) => to_folder(&command, folder)?,
        None => {
            let page = page(&command).map_err(Fault::stdout)?;
            terminal::print(|out| out.write_all(&page)).map_err(Fault::stdout)?;
        }
    }
    Ok(ExitStatus::Clean)
}

/// One page in roff.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

/// A page for the program and for each command: `gardefou.1`, `gardefou-scan.1`, `gardefou-policy-new.1`.
fn to_folder(command: &Command, folder: &Path) -> Result<(), Fault> {
    let failed = |path: &Path| {
        let to = Text::same(path.display().to_string());
        move |error| Fault::Output { to, error }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut left = vec![command.clone()];
    while let Some(command) = left.pop() {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let file = folder.join(format!("{name}.1"));
        let page = page(&command).map_err(failed(&file))?;
        std::fs::write(&file, page).map_err(failed(&file))?;
        left.extend(
            command
                .get_subcommands()
                .filter(|one| !one.is_hide_set() && one.get_name() != "help")
                .cloned(),
        );
    }
    Ok(())
}
