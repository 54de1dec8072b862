//! What the service writes to its log while tests run, kept so that they can look for what must not be there.

use std::io::Write;
use std::sync::{Mutex, Once};
use tracing_subscriber::fmt::MakeWriter;

static HEARD: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        HEARD.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Ear {
    type Writer = Ear;
    fn make_writer(&'a self) -> Ear {
        Ear
    }
}

/// Begins to listen, at a finer level than any operator would set.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG).with_writer(Ear).init();
    });
}

/// Everything that was logged so far.
pub fn so_far() -> Vec<u8> {
    HEARD.lock().unwrap().clone()
}

/// The last line that told of an error, to say more than "internal" when a test fails.
pub fn last_error() -> String {
    let heard = String::from_utf8_lossy(&HEARD.lock().unwrap()).into_owned();
    heard.lines().rev().find(|line| line.contains("\"ERROR\"")).unwrap_or_default().to_owned()
}
