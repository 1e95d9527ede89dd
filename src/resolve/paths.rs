//! Full paths as text: absolute, with `/`, without `.` and `..`.

use std::path::Path;

use crate::walk::normalise;

pub fn full(cwd: &Path, path: &str) -> String {
    normalise(&cwd.join(path)).to_string_lossy().replace('\\', "/")
}

/// A path from a folder; None: it leads above the root.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut out = String::with_capacity(folder.len() + path.len() + 1);
    out.push_str(folder);
    let mut from = 0;
    while from <= path.len() {
        // Names are short: a search for the slash that looks at many bytes at once costs more.
        let to = path.as_bytes()[from..].iter().position(|&byte| byte == b'/').map_or(path.len(), |length| from + length);
        match &path[from..to] {
            "" | "." => {}
            ".." => out.truncate(out.rfind('/')?),
            name => {
                if !out.ends_with('/') {
                    out.push('/');
                }
                out.push_str(name);
            }
        }
        from = to + 1;
    }
    Some(out)
}

/// Whether nothing of a path but its names stands in it: no `.`, no `..`, no root.
pub fn is_plain(path: &str) -> bool {
    let is_odd = |pair: &[u8]| pair[0] == b'/' && matches!(pair[1], b'.' | b'/');
    !path.is_empty() && !path.starts_with(['/', '.']) && !path.as_bytes().windows(2).any(is_odd)
}

pub fn parent(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    (!name.is_empty()).then_some(if folder.is_empty() { "/" } else { folder })
}

pub fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Extensions of source files; `.d` so that `x` finds `x.d.ts`.
const EXTENSIONS: &[&str] = &[".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".d"];

/// Bytes of the longest of them.
const LONGEST: usize = ".svelte".len();

/// Without extensions of source files, however many.
pub fn stem(mut path: &str) -> &str {
    while let Some(at) = path.bytes().rev().take(LONGEST).position(|byte| byte == b'.').map(|behind| path.len() - behind - 1)
        && EXTENSIONS.contains(&&path[at..])
    {
        path = &path[..at];
    }
    path
}

/// Whether `path` is `folder` or stands in it, and the way from there.
pub fn within<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() || folder.ends_with('/') { Some(rest) } else { rest.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_by_name() {
        assert_eq!(join("/a/b", "./c/../d.js").as_deref(), Some("/a/b/d.js"));
        assert_eq!(join("/a/b", "..").as_deref(), Some("/a"));
        assert_eq!(join("/", "a").as_deref(), Some("/a"));
        assert_eq!(join("/a", "../../../b"), None);
        assert!(is_plain("a/b.c/d") && !is_plain("a/.b") && !is_plain("./a") && !is_plain("/a") && !is_plain("a//b") && !is_plain("a/.."));
        assert_eq!((parent("/a/b"), parent("/a"), parent("/")), (Some("/a"), Some("/"), None));
        assert_eq!((stem("/a/b.d.ts"), stem("/a/b.test.js"), stem("/a.js/b")), ("/a/b", "/a/b.test", "/a.js/b"));
        assert_eq!(
            (within("/a", "/a/b"), within("/a", "/ab"), within("/a", "/a"), within("/", "/a")),
            (Some("b"), None, Some(""), Some("a"))
        );
    }
}
