//! Hosts in texts that are written for a shell or a program: `aws s3 cp - s3://b --endpoint-url https://...`.

use crate::facts::hosting::host_of;

/// Longer texts are looked at up to here.
const MAX_TEXT: usize = 1 << 16;

/// Hosts of one text.
const MAX_HOSTS: usize = 32;

/// A host in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) name: String,
    /// It stands in an address with a scheme: it can be nothing but a host.
    pub(super) is_address: bool,
}

/// The hosts that a text names. What stands behind `#` is said to people.
pub(super) fn hosts_in(text: &str) -> Vec<Host> {
    let cut = text.get(..text.floor_char_boundary(MAX_TEXT));
    // The last word may be cut in two.
    let text = match cut.filter(|cut| cut.len() < text.len()) {
        Some(cut) => cut
            .rsplit_once(char::is_whitespace)
            .map_or("", |(whole, _)| whole),
        None => text,
    };
    let mut found: Vec<Host> = Vec::new();
    if !text.contains('.') {
        return found;
    }
    for line in text.lines() {
        let line = match line.trim_start().starts_with('#') {
            true => continue,
            false => line.split(" #").next().unwrap_or(line),
        };
        let is_end = |sign: char| sign.is_whitespace() || "\"'`;|()<>{}[],=\\".contains(sign);
        for word in line.split(is_end).filter(|word| word.contains('.')) {
            if let Some(host) = address_in(word)
                && !found.contains(&host)
            {
                found.push(host);
                if found.len() == MAX_HOSTS {
                    return found;
                }
            }
        }
    }
    found
}

/// The host of a word that is an address, or a host with perhaps a port and a path.
pub(super) fn address_in(word: &str) -> Option<Host> {
    let word = without_method(word);
    let is_address = word.contains("://");
    // An address of mail has its company in it, and nothing goes there; a pattern is filled in later.
    if word.chars().any(char::is_whitespace)
        || !is_address && word.contains('@')
        || word.contains("$(")
    {
        return None;
    }
    let name = host_of(word)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let starts = name.starts_with(|sign: char| sign.is_ascii_alphanumeric());
    (starts && name.contains('.') && name.bytes().all(is_name)).then_some(Host { name, is_address })
}

/// `s3:https://host/bucket`, `rest:https://host/`: how backup programs write where they save to.
pub(super) fn without_method(text: &str) -> &str {
    const METHODS: [&str; 4] = ["s3:", "rest:", "sftp:", "swift:"];
    METHODS
        .iter()
        .find_map(|method| text.strip_prefix(method))
        .filter(|rest| !rest.starts_with("//"))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        hosts_in(text).into_iter().map(|host| host.name).collect()
    }

    #[test]
    fn hosts_are_found_in_commands() {
        for (text, hosts) in [
            (
                "pg_dump postgres://app:pw@pg/x | aws s3 cp - s3://b --endpoint-url https://s3.us-east-1.amazonaws.com",
                vec!["s3.us-east-1.amazonaws.com"],
            ),
            (
                "--endpoint=https://s3.eu-west-3.amazonaws.com:443/b",
                vec!["s3.eu-west-3.amazonaws.com"],
            ),
            (
                "restic -r s3:s3.us-east-1.amazonaws.com/dumps backup",
                vec!["s3.us-east-1.amazonaws.com"],
            ),
            (
                "restic -r 's3:https://u:p@s3.x.example/b'",
                vec!["s3.x.example"],
            ),
            ("mail -s done somebody@gmail.com", vec![]),
            (
                "# see https://github.com/acme/x\ntrue # https://gitlab.com",
                vec![],
            ),
            ("curl https://${HOST}.example.org/", vec![]),
            ("echo 1.2 > out.txt", vec!["1.2", "out.txt"]),
            ("", vec![]),
        ] {
            assert_eq!(names(text), hosts, "{text}");
        }
        assert!(hosts_in("https://a.b").iter().all(|host| host.is_address));
        assert!(hosts_in("a.b/c").iter().all(|host| !host.is_address));
    }

    #[test]
    fn texts_of_any_length_are_bounded() {
        let long = "https://a.example ".repeat(100_000);
        assert_eq!(names(&long), ["a.example"]);
        let many: String = (0..1000)
            .map(|n| format!("https://h{n}.example "))
            .collect();
        assert_eq!(names(&many).len(), MAX_HOSTS);
        assert!(names(&"é".repeat(MAX_TEXT)).is_empty());
    }
}
