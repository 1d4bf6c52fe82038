//! Lists of file names, as `git diff --name-only`, `find` and CI systems write them.

use std::path::PathBuf;

/// The names of a list: between NUL bytes when there is one, else one a line. Git writes unusual names in quotes, with
/// escapes, unless it is told `-z`; these are read as it means them.
pub fn names(list: &[u8]) -> Vec<PathBuf> {
    let by_nul = memchr::memchr(0, list).is_some();
    let parts = list.split(|byte| *byte == if by_nul { 0 } else { b'\n' });
    parts
        .map(|name| match name.strip_suffix(b"\r") {
            Some(line) if !by_nul => line,
            _ => name,
        })
        .filter(|name| !name.is_empty())
        .map(|name| {
            let quoted = name
                .strip_prefix(b"\"")
                .and_then(|name| name.strip_suffix(b"\""))
                .filter(|_| !by_nul);
            match quoted.and_then(unquoted) {
                Some(name) => path(&name),
                None => path(name),
            }
        })
        .collect()
}

/// A path of bytes.
#[cfg(unix)]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// A path of bytes: the system knows names as text.
#[cfg(not(unix))]
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// What stands between the quotes of C; none when it is something else.
fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        if byte == b'"' {
            return None;
        }
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match rest.next()? {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            first @ b'0'..=b'3' => {
                let mut digit = || Some(rest.next()?.wrapping_sub(b'0')).filter(|digit| *digit < 8);
                (first - b'0') * 64 + digit()? * 8 + digit()?
            }
            byte @ (b'"' | b'\\') => byte,
            _ => return None,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &[u8]) -> Vec<String> {
        let all = names(list).into_iter();
        all.map(|path| path.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn lines_and_nul_bytes_part_names() {
        assert_eq!(read(b"a.tf\r\nb c.tf\n\n"), ["a.tf", "b c.tf"]);
        assert_eq!(read(b"a\nb.tf\0\"c\".tf\0"), ["a\nb.tf", "\"c\".tf"]);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn names_in_quotes_are_read_as_git_means_them() {
        let list = b"\"donn\\303\\251es.tf\"\n\"a\\tb\\\"c\\\\.tf\"\n\"half\\\"\n\"\\400\"\n";
        assert_eq!(
            read(list),
            ["données.tf", "a\tb\"c\\.tf", "\"half\\\"", "\"\\400\""]
        );
    }

    #[cfg(unix)]
    #[test]
    fn names_need_not_be_text() {
        use std::os::unix::ffi::OsStrExt as _;
        let all = names(b"\xff.tf\0");
        assert_eq!(all[0].as_os_str().as_bytes(), b"\xff.tf");
    }
}
