use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::walk::Origin;

/// A folder with these files. JavaScript and TypeScript files are those of the project.
struct Project {
    folder: TempDir,
    files: ProjectFiles,
}

const SOURCES: &[&str] = &["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts"];

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        Self::seen_from("", files)
    }

    /// As a run in the folder `cwd` sees it.
    fn seen_from(cwd: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join(".git")).expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let cwd = folder.path().join(cwd);
        let is_source = |path: &str| SOURCES.iter().any(|extension| path.ends_with(&format!(".{extension}")));
        let full = |path: &str| folder.path().join(path);
        let mut sources: Vec<(Arc<str>, Specifiers)> = files
            .iter()
            .filter(|(path, _)| is_source(path) && !path.contains("node_modules"))
            .map(|(path, text)| (crate::walk::display_path(&cwd, &full(path)).into(), specifiers(text)))
            .collect();
        sources.sort_by(|left, right| left.0.as_bytes().cmp(right.0.as_bytes()));
        let files = ProjectFiles::new(&cwd, sources);
        Self { folder, files }
    }

    fn resolve(&self, file: &str, specifier: &str) -> Option<String> {
        self.files.resolve(file, specifier).map(|path| path.to_string())
    }

    /// Every specifier of a file must mean what is expected, and be found on the way back.
    fn links(&self, file: &str, expected: &[(&str, Option<&str>)]) {
        for (specifier, target) in expected {
            assert_eq!(self.resolve(file, specifier).as_deref(), *target, "{file}: {specifier}");
        }
    }

    /// Whoever resolves to a file is among its importers, and nobody else.
    fn is_whole(&self) {
        for target in self.files.members() {
            let mut expected = Vec::new();
            for Member { path, .. } in self.files.members() {
                let means = |specifier: &&str| self.files.resolve(path, specifier).as_ref() == Some(&target.path);
                let specifiers = self.specifiers_of(path);
                expected.extend(specifiers.iter().filter(means).map(|it| (Arc::clone(path), it.to_owned())));
            }
            assert_eq!(self.files.importers(&target.path), expected, "importers of {}", target.path);
        }
    }

    fn specifiers_of(&self, path: &str) -> Specifiers {
        let member = self.files.members().iter().find(|it| &*it.path == path).expect("a file of the project");
        member.specifiers(&self.files.cwd).cloned().unwrap_or_default()
    }

    /// The same project as it is seen around one file.
    fn around(&self, file: &str, text: Option<&str>) -> ProjectFiles {
        let origin = text.map_or(Origin::Disk, |text| Origin::Buffer(text.as_bytes().into()));
        let specifiers = text.map_or_else(|| self.specifiers_of(file), specifiers);
        let named = SourceFile { path: file.into(), origin, size: 1, explicit: true };
        let options = WalkOptions { cwd: self.files.cwd.clone(), threads: 2, no_ignore: false, ignore_patterns: Vec::new() };
        ProjectFiles::around(vec![(named, specifiers)], &options)
    }
}

/// A file that names these.
fn naming(specifiers: &[&str]) -> String {
    specifiers.iter().map(|it| format!("import '{it}';\n")).collect()
}

#[test]
fn relative_names_mean_files_and_folders() {
    let all =
        ["./b", "./b.js", "./c", "./d", "./d.js", "./e", "./e/", "./f", "./g.mjs", "./h.css", "./i", "..", ".", "./j?raw", "./none", "./k"];
    let text = naming(&all);
    let project = Project::new(&[
        ("index.js", ""),
        ("src/index.ts", ""),
        ("src/a.ts", &text),
        ("src/a.js", &text),
        ("src/b.ts", ""),
        ("src/b.js", ""),
        ("src/c.tsx", ""),
        ("src/d.jsx", ""),
        ("src/e/index.js", ""),
        ("src/e.js", ""),
        ("src/f/package.json", r#"{"main": "./deep/main"}"#),
        ("src/f/deep/main.cjs", ""),
        ("src/g.mts", ""),
        ("src/h.css", ""),
        ("src/i.d.ts", ""),
        ("src/j.js", ""),
        ("src/k.js/index.js", ""),
    ]);
    let shared = [
        ("./c", Some("src/c.tsx")),
        ("./d", Some("src/d.jsx")),
        ("./d.js", Some("src/d.jsx")),
        ("./e", Some("src/e.js")),
        ("./e/", Some("src/e/index.js")),
        ("./f", Some("src/f/deep/main.cjs")),
        ("./g.mjs", Some("src/g.mts")),
        ("./h.css", None),
        ("./i", Some("src/i.d.ts")),
        ("..", Some("index.js")),
        (".", Some("src/index.ts")),
        ("./j?raw", Some("src/j.js")),
        ("./none", None),
        ("./k", None),
        ("./k.js", Some("src/k.js/index.js")),
        ("../../../../../../../../../x", None),
    ];
    project.links("src/a.ts", &shared);
    project.links("src/a.js", &shared);
    project.links("src/a.ts", &[("./b", Some("src/b.ts")), ("./b.js", Some("src/b.ts"))]);
    project.links("src/a.js", &[("./b", Some("src/b.js")), ("./b.js", Some("src/b.js"))]);
    project.is_whole();
    assert_eq!(project.files.counts().seen, 32);
}

#[test]
fn a_package_names_its_own_files() {
    let all = ["me", "me/feature/x", "me/utils", "#internal/b", "#dep", "#env", "#missing", "me/closed"];
    let project = Project::new(&[
        (
            "package.json",
            r##"{"name": "me",
              "exports": {".": {"types": "./dist/index.d.ts", "import": "./dist/esm/index.mjs", "require": "./dist/cjs/index.cjs"},
                          "./feature/*": "./dist/features/*.js", "./utils": [{"browser": "./src/web.js"}, "./src/utils.js"], "./closed": null},
              "imports": {"#internal/*": "./src/*.js", "#dep": "lodash", "#env": {"browser": "./src/web.js", "default": "./src/utils.js"}}}"##,
        ),
        ("src/index.ts", &naming(&all)),
        ("src/features/x.ts", ""),
        ("src/utils.js", ""),
        ("src/web.js", ""),
        ("src/b.ts", ""),
    ]);
    project.links(
        "src/index.ts",
        &[
            ("me", Some("src/index.ts")),
            ("me/feature/x", Some("src/features/x.ts")),
            ("me/utils", Some("src/web.js")),
            ("#internal/b", Some("src/b.ts")),
            ("#dep", None),
            ("#env", Some("src/utils.js")),
            ("#missing", None),
            ("me/closed", None),
            ("you", None),
        ],
    );
    project.is_whole();
}

const SHARED: &[(&str, &str)] = &[
    ("packages/core/package.json", r#"{"name": "@x/core", "main": "dist/index.js", "module": "dist/index.mjs"}"#),
    ("packages/core/src/index.ts", "export * from './deep/thing.js'"),
    ("packages/core/src/deep/thing.ts", ""),
    ("packages/plain/package.json", r#"{"name": "plain"}"#),
    ("packages/plain/index.js", ""),
    ("packages/built/package.json", r#"{"name": "built", "exports": {".": "./lib/built.cjs.js"}}"#),
    ("packages/built/lib/built.ts", ""),
    ("other/package.json", r#"{"name": "outside"}"#),
    ("other/index.js", ""),
];

fn workspace(roots: &[(&'static str, &'static str)], version: &str) -> Project {
    let text = naming(&["@x/core", "@x/core/deep/thing", "@x/core/dist/deep/thing.js", "plain", "built", "outside", "events", "react"]);
    let dependencies = format!(r#"{{"@x/core": "{version}", "outside": "link:../../other"}}"#);
    let manifest = format!(r#"{{"name": "app", "peerDependencies": {{"@x/core": "*"}}, "devDependencies": {dependencies}}}"#);
    let app = [("packages/app/src/main.ts", text.as_str()), ("packages/app/package.json", manifest.as_str())];
    Project::new(&[SHARED, roots, &app].concat())
}

#[test]
fn packages_of_a_workspace_mean_their_sources() {
    let roots: &[&[(&str, &str)]] = &[
        &[("package.json", r#"{"name": "root", "workspaces": ["packages/*"]}"#)],
        &[("package.json", r#"{"workspaces": {"packages": ["packages/**"]}}"#)],
        &[("package.json", "{}"), ("pnpm-workspace.yaml", "packages:\n  - \"packages/*\"\n")],
        &[("package.json", "{}"), ("lerna.json", r#"{"packages": ["packages/*"]}"#)],
    ];
    for root in roots {
        let project = workspace(root, "^1.0.0");
        project.links(
            "packages/app/src/main.ts",
            &[
                ("@x/core", Some("packages/core/src/index.ts")),
                ("@x/core/deep/thing", None),
                ("@x/core/dist/deep/thing.js", Some("packages/core/src/deep/thing.ts")),
                ("plain", Some("packages/plain/index.js")),
                ("built", Some("packages/built/lib/built.ts")),
                ("outside", Some("other/index.js")),
                ("events", None),
                ("react", None),
            ],
        );
        project.is_whole();
    }
}

#[test]
fn packages_of_no_workspace_are_strangers_unless_a_dependency_says_otherwise() {
    let main = "packages/app/src/main.ts";
    workspace(&[("package.json", "{}")], "^1.0.0").links(main, &[("@x/core", None), ("plain", None), ("outside", Some("other/index.js"))]);
    workspace(&[("package.json", "{}")], "workspace:*").links(main, &[("@x/core", Some("packages/core/src/index.ts")), ("plain", None)]);
}

#[test]
fn configurations_name_folders() {
    let all = ["@/util", "~lib", "~lib/deep", "base/x", "@app/one", "exact", "fs", "#own/y"];
    let project = Project::new(&[
        ("package.json", r#"{"workspaces": ["tools/*"]}"#),
        ("tools/config/package.json", r#"{"name": "@tools/config"}"#),
        ("tools/config/base.json", r#"{"compilerOptions": {"paths": {"exact": ["libs/exact.ts"]}}}"#),
        ("tsconfig.base.json", r#"{"extends": ["@tools/config/base.json"], /* all */ "compilerOptions": {"baseUrl": ".",}}"#),
        ("libs/exact.ts", ""),
        ("base/x.ts", ""),
        ("one/tsconfig.json", r#"{"extends": "../tsconfig.base", "compilerOptions": {}}"#),
        ("one/a.ts", &naming(&all)),
        (
            "two/tsconfig.json",
            r##"{"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./tsconfig.gone.json"}, {"path": "../one"}]}"##,
        ),
        (
            "two/tsconfig.app.json",
            r##"{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"@/*": ["./src/*"], "~lib": ["./src/lib"], "~lib/*": ["./src/lib/*", "./x/*"],
                 "@app/*": ["../libs/*/src"], "#own/*": ["./src/*"], "bad": 3}}}"##,
        ),
        ("two/src/a.ts", &naming(&all)),
        ("two/src/util.ts", ""),
        ("two/src/y.ts", ""),
        ("two/src/lib/index.ts", ""),
        ("two/src/lib/deep.tsx", ""),
        ("libs/one/src/index.ts", ""),
        ("three/jsconfig.json", r#"{"compilerOptions": {"baseUrl": "src"}}"#),
        ("three/src/util.js", ""),
        ("three/src/inner/a.js", "require('util'); require('util/'); require('@/util')"),
        ("three/package.json", "{"),
    ]);
    project.links("one/a.ts", &[("exact", Some("libs/exact.ts")), ("base/x", Some("base/x.ts")), ("@/util", None), ("fs", None)]);
    project.links(
        "two/src/a.ts",
        &[
            ("@/util", Some("two/src/util.ts")),
            ("~lib", Some("two/src/lib/index.ts")),
            ("~lib/deep", Some("two/src/lib/deep.tsx")),
            ("@app/one", Some("libs/one/src/index.ts")),
            ("#own/y", Some("two/src/y.ts")),
            ("exact", None),
            ("base/x", None),
        ],
    );
    project.links("three/src/inner/a.js", &[("util", None), ("util/", Some("three/src/util.js")), ("@/util", Some("three/src/util.js"))]);
    project.is_whole();
}

#[test]
fn names_of_no_package_mean_the_source_folder() {
    let text = naming(&["@/x", "~/y", "@/none", "$lib/z"]);
    let project = Project::new(&[("package.json", "{}"), ("src/x.js", ""), ("y.js", ""), ("src/lib/z.js", ""), ("src/deep/a.js", &text)]);
    project.links("src/deep/a.js", &[("@/x", Some("src/x.js")), ("~/y", Some("y.js")), ("@/none", None), ("$lib/z", Some("src/lib/z.js"))]);
    project.is_whole();
}

#[test]
fn names_that_no_package_has_are_looked_up_in_the_folder_of_sources_around() {
    let text = naming(&["view/list", "react/x", "fs/promises", "other/y"]);
    let manifest = r#"{"dependencies": {"react": "18"}}"#;
    let project = Project::new(&[
        ("package.json", manifest),
        ("web/src/view/list.js", ""),
        ("web/src/react/x.js", ""),
        ("other/y.js", ""),
        ("web/src/deep/a.js", &text),
    ]);
    let found = [("view/list", Some("web/src/view/list.js")), ("react/x", None), ("fs/promises", None), ("other/y", None)];
    project.links("web/src/deep/a.js", &found);
    project.is_whole();
}

#[test]
fn a_run_in_a_folder_of_the_project_sees_what_is_around_it() {
    let roots = [
        ("package.json", r#"{"workspaces": ["packages/*"]}"#),
        ("tsconfig.json", r#"{"compilerOptions": {"paths": {"@/*": ["packages/app/*"]}}}"#),
    ];
    let app = [
        ("packages/app/package.json", r#"{"name": "app"}"#),
        ("packages/app/a.ts", "import '@/b'; import '@x/core'"),
        ("packages/app/b.ts", ""),
    ];
    let project = Project::seen_from("packages/app", &[SHARED, &roots, &app].concat());
    project.links(
        "a.ts",
        &[("@/b", Some("b.ts")), ("@x/core", Some("../core/src/index.ts")), ("../core/src/index", Some("../core/src/index.ts"))],
    );
    project.links("../core/src/index.ts", &[("../../app/b", Some("b.ts"))]);
    project.is_whole();
}

#[test]
fn circles_and_nonsense_mean_nothing() {
    let project = Project::new(&[
        (
            "package.json",
            r##"{"name": "x", "main": {}, "exports": {"./a": {"import": {"import": 1}}}, "imports": {"#a": "#b", "#b": "#a", "#c": "x/a"}, "workspaces": 3}"##,
        ),
        (
            "tsconfig.json",
            r#"{"extends": "./other.json", "references": [{"path": "."}, 3, {}], "compilerOptions": {"paths": {"*": ["./*"]}}}"#,
        ),
        ("other.json", r#"{"extends": "./tsconfig.json"}"#),
        ("a.ts", "import './b'"),
        ("b.ts", "import './a'; import './b'; import 'a'"),
    ]);
    let nothing = [
        "",
        " ",
        "/",
        "//",
        "#",
        "#a",
        "#c/",
        "@",
        "@/",
        "@a",
        "./",
        "../",
        ".../x",
        "\u{0}",
        "./\u{e9}\u{301}",
        "?",
        "./?",
        "x/../../..",
        "*",
        "a*b",
    ];
    for specifier in nothing {
        assert_eq!(project.resolve("a.ts", specifier), None, "{specifier}");
        assert_eq!(project.resolve("nowhere/else.ts", specifier), None, "{specifier}");
    }
    project.links("b.ts", &[("a", Some("a.ts")), ("#c", Some("a.ts"))]);
    project.is_whole();
    assert!(project.files.importers("none.ts").is_empty());
    assert!(ProjectFiles::new(Path::new("/nowhere"), Vec::new()).resolve("a.js", "./b").is_none());
}

#[test]
fn packages_that_are_installed_are_outside() {
    let project = Project::new(&[
        ("node_modules/dep/package.json", r#"{"name": "dep", "main": "index.js"}"#),
        ("node_modules/dep/index.js", ""),
        ("node_modules/@tsconfig/node/tsconfig.json", r#"{"compilerOptions": {"paths": {"~/*": ["../../../*"]}}}"#),
        ("tsconfig.json", r#"{"extends": "@tsconfig/node/tsconfig.json"}"#),
        ("a.ts", "import 'dep'; import '~/b'"),
        ("b.ts", ""),
    ]);
    project.links("a.ts", &[("dep", None), ("./node_modules/dep", None), ("~/b", Some("b.ts"))]);
    project.is_whole();
    assert!(project.folder.path().exists());
}

const PARTS: &[(&str, &str)] = &[
    ("package.json", r#"{"workspaces": ["packages/*"]}"#),
    (".gitignore", "dist\n"),
    ("packages/app/package.json", r#"{"name": "app"}"#),
    ("packages/app/a.ts", "import './b'; import './gen'; import './min'; import './dist/x'; import '@x/core'"),
    ("packages/app/b.ts", "import './a.js'; export * from 'app/a'"),
    ("packages/app/node_modules/app/a.ts", "import '../../a'"),
    ("packages/app/.hidden/c.ts", "import '../a'"),
];

#[test]
fn the_project_around_a_file_is_that_of_a_whole_run() {
    for cwd in ["", "packages/app", "packages/core/src"] {
        let project = Project::seen_from(cwd, &[SHARED, PARTS].concat());
        let files: Vec<Arc<str>> =
            project.files.members().iter().map(|it| Arc::clone(&it.path)).filter(|it| !it.contains(".hidden")).collect();
        let seen: usize = files.iter().map(|file| project.specifiers_of(file).iter().count()).sum();
        for file in &files {
            let around = project.around(file, None);
            assert_eq!(around.counts(), Counts::default());
            for other in &files {
                for specifier in project.specifiers_of(other).iter() {
                    assert_eq!(around.resolve(other, specifier), project.files.resolve(other, specifier), "{other}: {specifier}");
                }
                let expected: Vec<_> = project.files.importers(other).into_iter().filter(|(path, _)| !path.contains(".hidden")).collect();
                assert_eq!(around.importers(other), expected, "importers of {other} around {file} in {cwd}");
            }
            assert_eq!(around.counts().seen, seen as u64);
            let found: Vec<Arc<str>> = around.members().iter().map(|it| Arc::clone(&it.path)).collect();
            assert_eq!(found, files);
        }
    }
}

#[test]
fn texts_that_are_given_count_and_what_a_run_leaves_out_is_not_there() {
    let project = Project::new(&[SHARED, PARTS].concat());
    let write = |path: &str, text: &str| {
        let path = project.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).and_then(|()| fs::write(path, text)).expect("a file");
    };
    write("packages/app/gen.ts", "// @generated\nimport './b'");
    write("packages/app/min.js", &format!("import './b';{}", "x;".repeat(20_000)));
    write("packages/app/dist/x.js", "import '../b'");
    let around = project.around("packages/app/new.ts", Some("import './b'; import './gone'"));
    let names: Vec<String> = around.importers("packages/app/b.ts").iter().map(|(path, specifier)| format!("{path} {specifier}")).collect();
    assert_eq!(names, ["packages/app/a.ts ./b", "packages/app/new.ts ./b"]);
    for left_out in ["./gen", "./min", "./dist/x"] {
        assert_eq!(around.resolve("packages/app/a.ts", left_out), None, "{left_out}");
    }
    assert_eq!(around.resolve("packages/app/a.ts", "./new").as_deref(), Some("packages/app/new.ts"));
    assert_eq!(around.read("packages/app/new.ts").as_deref(), Some(&b"import './b'; import './gone'"[..]));
    assert!(around.read("packages/app/b.ts").is_some() && around.read("packages/app/gen.ts").is_none() && around.read("none.ts").is_none());
    let changed = project.around("packages/app/a.ts", Some(""));
    assert!(changed.importers("packages/app/b.ts").is_empty() && changed.importers("packages/app/a.ts").len() == 2);
}

#[test]
fn the_outermost_package_is_the_project_where_there_is_no_repository() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in [
        ("p/package.json", "{}"),
        ("p/q/package.json", "{}"),
        ("p/q/a.js", ""),
        ("p/b.js", "require('./q/a')"),
        ("c.js", "require('./p/q/a')"),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).and_then(|()| fs::write(path, text)).expect("a file");
    }
    let around = |path: &str| {
        let named = SourceFile { path: path.into(), origin: Origin::Disk, size: 1, explicit: true };
        let options = WalkOptions { cwd: folder.path().into(), threads: 1, no_ignore: false, ignore_patterns: Vec::new() };
        ProjectFiles::around(vec![(named, Specifiers::default())], &options)
    };
    assert_eq!(around("p/q/a.js").importers("p/q/a.js"), [(Arc::from("p/b.js"), "./q/a".to_owned())]);
    assert!(around("c.js").importers("p/q/a.js").is_empty());
}
