//! The files around those that a run names: an editor names one, a hook what is staged, and both need what the rest of the project does with them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;

use super::scan::{Specifiers, specifiers};
use crate::walk::{self, Origin, SourceFile, WalkOptions};

/// A root with more folders and files than this is taken for no project: a home directory is a repository at times.
const MOST: usize = 200_000;

/// A file of a project, of which the text is asked when it matters.
#[derive(Debug)]
pub struct Member {
    pub path: Arc<str>,
    origin: Origin,
    size: u64,
    /// Named, so that neither its size nor its looks keep it out.
    explicit: bool,
    /// None: nobody wrote it by hand, or it cannot be read; a run over the whole project would not have it.
    scanned: OnceLock<Option<Specifiers>>,
}

impl Member {
    pub fn known(path: Arc<str>, specifiers: Specifiers) -> Self {
        Self { path, origin: Origin::Disk, size: 0, explicit: true, scanned: OnceLock::from(Some(specifiers)) }
    }

    pub fn named(file: SourceFile, specifiers: Specifiers) -> Self {
        Self { path: file.path, origin: file.origin, size: file.size, explicit: true, scanned: OnceLock::from(Some(specifiers)) }
    }

    fn found(file: SourceFile) -> Self {
        Self { path: file.path, origin: file.origin, size: file.size, explicit: false, scanned: OnceLock::new() }
    }

    pub fn source(&self) -> SourceFile {
        SourceFile { path: Arc::clone(&self.path), origin: self.origin.clone(), size: self.size, explicit: self.explicit }
    }

    /// Without reading it.
    pub fn scanned(&self) -> Option<&Specifiers> {
        self.scanned.get()?.as_ref()
    }

    pub fn specifiers(&self, cwd: &Path) -> Option<&Specifiers> {
        self.scanned.get_or_init(|| Some(specifiers(&String::from_utf8_lossy(&self.text(cwd)?)))).as_ref()
    }

    /// Its bytes, if a run would lint it.
    pub fn text(&self, cwd: &Path) -> Option<Vec<u8>> {
        if self.size > walk::TOO_LARGE {
            return None;
        }
        let bytes = self.origin.read(cwd, &self.path).ok()?;
        let is_binary = memchr::memchr(0, &bytes).is_some();
        (!is_binary && (self.explicit || walk::skip_by_content(&bytes).is_none())).then_some(bytes)
    }
}

/// Named files first, then what the walk of their projects finds; sorted.
pub fn members(named: Vec<(SourceFile, Specifiers)>, options: &WalkOptions) -> Vec<Member> {
    let mut roots: Vec<PathBuf> = named.iter().filter_map(|(file, _)| root(&options.cwd.join(&*file.path))).collect();
    roots.sort();
    // One that is in another comes after it.
    roots.dedup_by(|later, earlier| later.starts_with(earlier));
    let mut members: Vec<Member> = named.into_iter().map(|(file, specifiers)| Member::named(file, specifiers)).collect();
    for root in roots {
        members.extend(walk::walk_at_most(&root, options, MOST).into_iter().map(Member::found));
    }
    members.sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()).then(right.explicit.cmp(&left.explicit)));
    members.dedup_by(|later, earlier| later.path == earlier.path);
    members
}

/// The folder of the project that a file is in: its repository, else the outermost package around it; None: nothing says.
fn root(file: &Path) -> Option<PathBuf> {
    let file = walk::normalise(file);
    let folders = || file.ancestors().skip(1);
    let repository = folders().find(|folder| folder.join(".git").exists());
    let package = || folders().filter(|folder| folder.join("package.json").exists()).last();
    repository.or_else(package).map(Path::to_path_buf)
}

/// Whether all files of the projects of some files are in the folders that were walked.
pub fn covers(folders: &[PathBuf], files: &[SourceFile], cwd: &Path) -> bool {
    let whole = |folder: &PathBuf| root(&folder.join("x")).is_none_or(|root| root.starts_with(folder));
    let whole: Vec<PathBuf> = folders.iter().map(|folder| walk::normalise(folder)).filter(whole).collect();
    let is_within = |full: &Path| whole.iter().any(|folder| full.starts_with(folder));
    files.iter().all(|file| {
        let full = walk::normalise(&cwd.join(&*file.path));
        is_within(&full) || root(&full).is_none()
    })
}

/// Reads all of them, on as many threads as the run has.
///
/// These are threads of their own: a pool's thread that waits in here for its fellows would meanwhile take a job that waits for this.
pub fn scan_all(members: &[Member], options: &WalkOptions) {
    let share = members.len().div_ceil(options.threads.max(1)).max(64);
    thread::scope(|scope| {
        for part in members.chunks(share) {
            scope.spawn(|| {
                part.iter().for_each(|member| {
                    let _ = member.specifiers(&options.cwd);
                })
            });
        }
    });
}
