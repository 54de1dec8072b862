//! The one place that writes to the terminal. Whoever reads may have gone; that stops nobody, so nothing here panics as
//! `println!` does.

use std::io::Write as _;

/// A line for people or for a pipe.
pub(crate) fn line(text: impl std::fmt::Display) {
    let _ = said(text);
}

/// A line that must arrive: what stands in it is nowhere else.
///
/// # Errors
/// It could not be written.
pub(crate) fn said(text: impl std::fmt::Display) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush())
}

/// A question on the terminal, without an end of line.
pub(crate) fn ask(text: &str) {
    let mut terminal = std::io::stderr();
    let _ = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
}

/// A line beside the answer: progress, warnings, what went wrong.
pub(crate) fn aside(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
