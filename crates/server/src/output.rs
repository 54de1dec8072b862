//! The one place that writes to the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is what a command line is for")]

/// A line for people or for a pipe.
pub(crate) fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// A question on the terminal, without an end of line.
pub(crate) fn ask(text: &str) {
    use std::io::Write as _;
    let mut terminal = std::io::stderr();
    let _ = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
}

/// A line beside the answer: progress, warnings, what went wrong.
pub(crate) fn aside(text: impl std::fmt::Display) {
    eprintln!("{text}");
}
