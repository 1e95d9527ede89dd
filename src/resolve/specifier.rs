//! What a specifier is by its looks.

const BUILT_IN: &[&str] = &[
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];
const BUILT_IN_INNER: &[&str] = &[
    "assert/strict",
    "dns/promises",
    "fs/promises",
    "inspector/promises",
    "path/posix",
    "path/win32",
    "readline/promises",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "timers/promises",
    "util/types",
];

/// Whether it begins at the folder of the file that it is written in.
pub fn is_relative(specifier: &str) -> bool {
    specifier == "." || specifier == ".." || specifier.starts_with("./") || specifier.starts_with("../")
}

/// Modules of Node, and what is no module of a project by its scheme or its loader (`https:`, `data:`, `raw-loader!`).
pub fn is_foreign(specifier: &str) -> bool {
    let scheme = || specifier.split('/').next().is_some_and(|first| first.len() > 1 && first.contains(':'));
    BUILT_IN.contains(&specifier) || BUILT_IN_INNER.contains(&specifier) || specifier.contains('!') || scheme()
}

/// Without what bundlers are told about it.
pub fn without_query(specifier: &str) -> &str {
    let from = usize::from(specifier.starts_with('#'));
    let end = memchr::memchr2(b'?', b'#', &specifier.as_bytes()[from..]).map_or(specifier.len(), |at| at + from);
    specifier.get(..end).unwrap_or(specifier)
}

/// The name of a package, and what stands behind it.
pub fn package(specifier: &str) -> (&str, &str) {
    let first = specifier.find('/').unwrap_or(specifier.len());
    let end = if specifier.starts_with('@') {
        specifier.get(first + 1..).and_then(|rest| rest.find('/')).map_or(specifier.len(), |at| at + first + 1)
    } else {
        first
    };
    let (name, inner) = specifier.split_at(end);
    (name, inner.trim_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_are_told_apart() {
        assert!(is_relative("./a") && is_relative("..") && !is_relative(".a") && !is_relative("a"));
        assert!(is_foreign("fs/promises") && is_foreign("node:test") && is_foreign("https://x.y/z.js") && is_foreign("raw-loader!./a"));
        assert!(!is_foreign("events/") && !is_foreign("@a/b") && !is_foreign("#a"));
        assert_eq!((without_query("./a.js?raw"), without_query("#a"), without_query("./a#b")), ("./a.js", "#a", "./a"));
        assert_eq!(
            (package("@a/b/c/d"), package("a/b"), package("@a/b"), package("@/x"), package("a")),
            (("@a/b", "c/d"), ("a", "b"), ("@a/b", ""), ("@/x", ""), ("a", ""))
        );
    }
}
