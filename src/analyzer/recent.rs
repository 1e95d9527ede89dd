//! What was made of files a moment ago: those that know each other are asked about each other.

use std::sync::{Arc, Mutex, PoisonError};

/// Of as much source as fits, the last at the end.
pub(super) struct Recent<T> {
    /// In bytes.
    most: usize,
    files: Mutex<Vec<File<T>>>,
}

struct File<T> {
    path: String,
    length: usize,
    made: Arc<T>,
}

impl<T> Recent<T> {
    pub fn new(most: usize) -> Self {
        Self { most, files: Mutex::default() }
    }

    pub fn get(&self, path: &str) -> Option<Arc<T>> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let at = files.iter().position(|file| file.path == path)?;
        let file = files.remove(at);
        let found = Arc::clone(&file.made);
        files.push(file);
        Some(found)
    }

    /// `length`: that of the source.
    pub fn add(&self, path: &str, length: usize, made: &Arc<T>) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.push(File { path: path.to_owned(), length, made: Arc::clone(made) });
        let mut kept = 0;
        let fits = |file: &&File<T>| {
            kept += file.length;
            kept <= self.most
        };
        let count = files.iter().rev().take_while(fits).count();
        let gone = files.len() - count;
        files.drain(..gone);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Recent;

    #[test]
    fn what_was_asked_for_last_stays() {
        let recent = Recent::new(10);
        for (path, length) in [("a", 4), ("b", 4)] {
            recent.add(path, length, &Arc::new(length));
        }
        assert_eq!(recent.get("a").as_deref(), Some(&4));
        recent.add("c", 6, &Arc::new(6));
        assert_eq!((recent.get("a").is_some(), recent.get("b").is_some(), recent.get("c").is_some()), (true, false, true));
    }
}
