//! Running a program of the machine on code of strangers: with nothing of the environment, without network, within bounds
//! of time, memory and output, and without leaving anything behind.

pub(crate) mod sweeper;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use self::sweeper::Note;
use crate::text::{Text, text, why_not};

/// Where programs come from: what the environment says, never what the code says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tools {
    /// `PATH`
    pub path: Option<OsString>,
    /// `GARDEFOU_HELM`
    pub helm: Option<OsString>,
    /// `GARDEFOU_KUBECTL`
    pub kubectl: Option<OsString>,
    /// `GARDEFOU_KUSTOMIZE`
    pub kustomize: Option<OsString>,
    /// `GARDEFOU_GIT`
    pub git: Option<OsString>,
}

impl Tools {
    /// The program of that name: the named one, else the first on the path.
    ///
    /// # Errors
    /// In words, when it is named and not there. None: it is not named, and not on the path.
    pub(crate) fn find(
        &self,
        name: &str,
        named: Option<&OsStr>,
        variable: &str,
    ) -> Result<Option<PathBuf>, Text> {
        let Some(named) = named.filter(|named| !named.is_empty()) else {
            return Ok(self.on_path(OsStr::new(name)));
        };
        let path = Path::new(named);
        let found = if path.components().count() > 1 {
            path.canonicalize().ok().filter(|path| is_program(path))
        } else {
            self.on_path(named)
        };
        match found {
            Some(found) => Ok(Some(found)),
            None => Err(text!(
                "{variable} names `{}`, which is no program",
                "{variable} nomme `{}`, qui n’est pas un programme",
                named.to_string_lossy()
            )),
        }
    }

    fn on_path(&self, name: &OsStr) -> Option<PathBuf> {
        let file = format!("{}{}", name.to_string_lossy(), std::env::consts::EXE_SUFFIX);
        std::env::split_paths(self.path.as_deref()?)
            // Others would lead into whatever folder one stands in: the code of strangers.
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&file))
            .find(|path| is_program(path))
    }
}

fn is_program(path: &Path) -> bool {
    let Ok(about) = path.metadata() else {
        return false;
    };
    about.is_file() && is_executable(&about)
}

#[cfg(unix)]
fn is_executable(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    true
}

/// What a program may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) time: Duration,
    pub(crate) output: u64,
    /// Of what it says of its troubles.
    pub(crate) said: u64,
    /// Kept in memory; seen on Linux alone.
    pub(crate) memory: u64,
}

impl Bounds {
    pub(crate) const fn within(time: Duration) -> Self {
        Self {
            time,
            output: 64 << 20,
            said: 64 << 10,
            memory: 2 << 30,
        }
    }
}

/// Why a program gave nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It could not be started, or what surrounds it could not be made.
    NotStarted(Text),
    /// It took too long.
    Time(Duration),
    /// It wrote too much.
    Output(u64),
    /// It kept too much in memory.
    Memory(u64),
    /// It ended with a status that is not that of success, and said this.
    Status(String, String),
    /// What it wrote is no text.
    NotText,
}

/// How a program is started, beside its arguments.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Setting<'a> {
    /// Where it stands; none: in a folder of its own.
    pub(crate) folder: Option<&'a Path>,
    /// What it finds in its environment beside what every program does.
    pub(crate) environment: &'a [(&'static str, &'static str)],
    /// What it reads from its standard input.
    pub(crate) input: Option<&'a [u8]>,
}

/// A folder that nobody else may enter. It goes with this value, or with the program.
#[derive(Debug)]
pub(crate) struct PrivateFolder(Option<TempDir>);

impl PrivateFolder {
    pub(crate) fn new(purpose: &str) -> io::Result<Self> {
        let prefix = format!("{}{purpose}", sweeper::PREFIX);
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir()?;
        sweeper::note(Note::Made(folder.path()));
        Ok(Self(Some(folder)))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.as_ref().map_or(Path::new(""), TempDir::path)
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        if let Some(folder) = self.0.take() {
            let path = folder.path().to_owned();
            drop(folder);
            sweeper::note(Note::Removed(&path));
        }
    }
}

/// A private folder in which one program runs: its home, its place for temporary files, its whole world. Dropping it removes
/// it.
#[derive(Debug)]
pub(crate) struct Workshop {
    folder: PrivateFolder,
}

impl Workshop {
    pub(crate) fn open() -> Result<Self, Failure> {
        let folder = PrivateFolder::new("").map_err(not_started)?;
        for name in ["work", "home", "programs", "tmp", "plugins"] {
            std::fs::create_dir(folder.path().join(name)).map_err(not_started)?;
        }
        Ok(Self { folder })
    }

    /// Where the program stands.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// All that the program finds in its environment.
    fn environment(&self) -> Vec<(&'static str, OsString)> {
        let at = |name: &str| self.folder.path().join(name).into_os_string();
        let mut all = vec![
            // An empty folder, and not an empty text, which would mean the folder it stands in: it starts no other program.
            ("PATH", at("programs")),
            ("HOME", at("home")),
            ("TMPDIR", at("tmp")),
            ("XDG_CACHE_HOME", at("home/cache")),
            ("XDG_CONFIG_HOME", at("home/config")),
            ("XDG_DATA_HOME", at("home/data")),
            ("HELM_CACHE_HOME", at("home/cache/helm")),
            ("HELM_CONFIG_HOME", at("home/config/helm")),
            ("HELM_DATA_HOME", at("home/data/helm")),
            ("HELM_PLUGINS", at("plugins")),
            ("HELM_NO_PLUGINS", "1".into()),
            ("KUBECONFIG", at("home/no-cluster")),
            ("LC_ALL", "C".into()),
            ("TZ", "UTC".into()),
            ("NO_PROXY", "".into()),
            ("no_proxy", "".into()),
        ];
        let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
        let lower = ["http_proxy", "https_proxy", "all_proxy"];
        // Nobody listens there: what wants the network fails at once.
        let nowhere = || OsString::from("http://127.0.0.1:9");
        all.extend(
            proxies
                .into_iter()
                .chain(lower)
                .map(|name| (name, nowhere())),
        );
        if cfg!(windows) {
            all.extend(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
            all.extend(["TEMP", "TMP"].map(|name| (name, at("tmp"))));
            all.extend(["USERPROFILE", "APPDATA", "LOCALAPPDATA"].map(|name| (name, at("home"))));
        }
        all
    }

    /// Runs a program to its end, and gives what it wrote.
    pub(crate) fn run(
        &self,
        program: &Path,
        arguments: &[OsString],
        bounds: Bounds,
    ) -> Result<String, Failure> {
        let bytes = self.bytes(program, arguments, bounds, Setting::default())?;
        String::from_utf8(bytes).map_err(|_| Failure::NotText)
    }

    /// The same, with what it wrote as it wrote it.
    pub(crate) fn bytes(
        &self,
        program: &Path,
        arguments: &[OsString],
        bounds: Bounds,
        setting: Setting<'_>,
    ) -> Result<Vec<u8>, Failure> {
        let out = self.file(program, arguments, bounds, setting)?;
        let mut bytes = Vec::new();
        out.take(bounds.output + 1)
            .read_to_end(&mut bytes)
            .map_err(not_started)?;
        if bytes.len() as u64 > bounds.output {
            return Err(Failure::Output(bounds.output));
        }
        Ok(bytes)
    }

    /// The same, with what it wrote as a file: it may be more than is to be held at once.
    pub(crate) fn file(
        &self,
        program: &Path,
        arguments: &[OsString],
        bounds: Bounds,
        setting: Setting<'_>,
    ) -> Result<File, Failure> {
        let at = |name: &str| self.folder.path().join(name);
        let (out, said) = (at("out"), at("said"));
        let input = match setting.input {
            Some(bytes) => {
                std::fs::write(at("in"), bytes).map_err(not_started)?;
                Stdio::from(File::open(at("in")).map_err(not_started)?)
            }
            None => Stdio::null(),
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(setting.folder.map_or_else(|| self.work(), Path::to_owned))
            .env_clear()
            .envs(self.environment())
            .envs(setting.environment.iter().copied())
            .stdin(input)
            .stdout(File::create(&out).map_err(not_started)?)
            .stderr(File::create(&said).map_err(not_started)?);
        // What it starts in spite of all is killed with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = start(&mut command).map_err(not_started)?;
        let group = child.id();
        sweeper::note(Note::Started(group));
        let ended = wait(&mut child, &out, &said, bounds);
        if ended.is_err() {
            kill(&mut child);
        }
        sweeper::note(Note::Ended(group));
        let status = ended?;
        if !status.success() {
            let said = read(&said, bounds.said).map_err(not_started)?;
            let said = String::from_utf8_lossy(&said).into_owned();
            return Err(Failure::Status(status.to_string(), said));
        }
        File::open(&out).map_err(not_started)
    }
}

fn not_started(error: io::Error) -> Failure {
    Failure::NotStarted(why_not(error.kind()))
}

/// A program that was written a moment ago may still be open for writing in a process that is being made.
fn start(command: &mut Command) -> io::Result<Child> {
    let mut tries = 20;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && tries > 0 => {
                tries -= 1;
                std::thread::sleep(Duration::from_millis(10));
            }
            outcome => return outcome,
        }
    }
}

/// Waits for the end, and looks at what is taken meanwhile. Output goes to files: whoever holds them open keeps nobody waiting.
fn wait(child: &mut Child, out: &Path, said: &Path, bounds: Bounds) -> Result<ExitStatus, Failure> {
    let since = Instant::now();
    let mut pause = Duration::from_millis(1);
    let size = |path: &Path| path.metadata().map_or(0, |about| about.len());
    loop {
        if let Some(status) = child.try_wait().map_err(not_started)? {
            return Ok(status);
        }
        if since.elapsed() >= bounds.time {
            return Err(Failure::Time(bounds.time));
        }
        // What it says is cut when it is read; but it is not to fill the disk.
        if size(out) > bounds.output || size(said) > bounds.output {
            return Err(Failure::Output(bounds.output));
        }
        if memory(child.id()).is_some_and(|taken| taken > bounds.memory) {
            return Err(Failure::Memory(bounds.memory));
        }
        std::thread::sleep(pause);
        pause = (pause * 3 / 2).min(Duration::from_millis(20));
    }
}

/// What a process keeps in memory, in bytes; none where the system does not say it so.
fn memory(process: u32) -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

/// Ends a process and all that it started.
fn kill(child: &mut Child) {
    // One that has ended meanwhile needs no more; there is nobody to tell about other faults.
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(
        rustix::process::Pid::from_child(child),
        rustix::process::Signal::KILL,
    );
    drop(child.kill());
    drop(child.wait());
}

/// The content of a file: at most one byte more than the bound.
fn read(path: &Path, bound: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(bound + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    /// A program of a few lines of shell, which finds nothing on its path.
    fn program(folder: &Path, script: &str) -> PathBuf {
        let path = folder.join("program");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("allowed");
        path
    }

    fn run(script: &str, bounds: Bounds) -> Result<String, Failure> {
        let folder = tempfile::tempdir().expect("a folder");
        let program = program(folder.path(), script);
        let workshop = Workshop::open().expect("a folder");
        let kept = workshop.folder().to_owned();
        let outcome = workshop.run(&program, &["a b".into()], bounds);
        drop(workshop);
        assert!(!kept.exists(), "nothing is left behind");
        outcome
    }

    fn bounds() -> Bounds {
        Bounds::within(Duration::from_secs(60))
    }

    #[test]
    fn arguments_and_output_are_passed_on() {
        let out = run("echo \"<$1>\"; echo noise >&2", bounds());
        assert_eq!(out.as_deref(), Ok("<a b>\n"));
    }

    #[test]
    fn a_status_decides_and_not_what_is_said() {
        let failed = run("echo half; echo why >&2; exit 3", bounds());
        let Err(Failure::Status(status, said)) = failed else {
            panic!("{failed:?}");
        };
        assert!(status.contains('3'), "{status}");
        assert_eq!(said, "why\n");
    }

    #[test]
    fn the_environment_is_clean() {
        let out = run("set; pwd", bounds()).expect("it runs");
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "USER"] {
            assert!(!out.contains(name), "{name}: {out}");
        }
        let path = out.lines().find(|line| line.starts_with("PATH="));
        assert!(path.is_some_and(|path| path.contains("/programs")), "{out}");
        assert!(out.contains("HTTPS_PROXY='http://127.0.0.1:9'"), "{out}");
        assert!(out.trim_end().ends_with("/work"), "{out}");
    }

    #[test]
    fn what_takes_too_long_is_ended() {
        let short = Bounds::within(Duration::from_millis(50));
        let endless = run("while :; do :; done", short);
        assert_eq!(endless, Err(Failure::Time(short.time)));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_program_started_is_ended_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("process");
        // The bound is met only after the child is there.
        let script = format!(
            "/bin/sleep 1000 & echo $! > '{}'; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; done",
            file.display()
        );
        let small = Bounds {
            output: 1000,
            ..bounds()
        };
        assert_eq!(run(&script, small), Err(Failure::Output(1000)));
        let process = std::fs::read_to_string(file).expect("the child started");
        let command = format!("/proc/{}/cmdline", process.trim());
        let since = Instant::now();
        // One that has ended has no command line any more, whoever is to bury it.
        while std::fs::read(&command).is_ok_and(|line| !line.is_empty()) {
            assert!(since.elapsed() < Duration::from_secs(60), "it still runs");
            std::thread::yield_now();
        }
    }

    #[test]
    fn too_much_output_is_refused() {
        let small = Bounds {
            output: 1000,
            ..bounds()
        };
        let endless = "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done";
        assert_eq!(run(endless, small), Err(Failure::Output(1000)));
        let endless =
            "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx >&2; done";
        assert_eq!(run(endless, small), Err(Failure::Output(1000)));
        assert_eq!(run("printf '\\377'", bounds()), Err(Failure::NotText));
    }

    #[test]
    fn programs_are_found_where_the_environment_says() {
        let folder = tempfile::tempdir().expect("a folder");
        let helm = program(folder.path(), "exit 0");
        std::fs::rename(&helm, folder.path().join("helm")).expect("renamed");
        let path = |text: String| Tools {
            path: Some(text.into()),
            ..Tools::default()
        };
        let here = path(format!(".:relative:{}", folder.path().display()));
        let find = |tools: &Tools, named: Option<&str>| {
            tools.find("helm", named.map(OsStr::new), "GARDEFOU_HELM")
        };
        assert_eq!(find(&here, None), Ok(Some(folder.path().join("helm"))));
        assert_eq!(find(&Tools::default(), None), Ok(None));
        assert!(find(&here, Some("/nowhere/helm")).is_err());
        assert!(find(&here, Some("helm4")).is_err());
        // A folder is no program, and a text is none.
        std::fs::write(folder.path().join("text"), "x").expect("written");
        assert!(find(&here, Some("text")).is_err());
        assert!(find(&path(".".to_owned()), None).is_ok_and(|found| found.is_none()));
    }
}
