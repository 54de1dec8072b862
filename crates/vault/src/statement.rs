//! A statement being written: its text and, in step with it, its numbered arguments.

use crate::sql::Arg;

#[derive(Clone, Debug, Default)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) args: Vec<Arg>,
}

impl Statement {
    /// Adds an argument and answers its placeholder.
    pub(crate) fn arg(&mut self, arg: impl Into<Arg>) -> String {
        self.args.push(arg.into());
        format!("${}", self.args.len())
    }

    /// Adds several arguments and answers `$1, $2, …`.
    pub(crate) fn list<A: Into<Arg>>(&mut self, args: impl IntoIterator<Item = A>) -> String {
        args.into_iter().map(|a| self.arg(a)).collect::<Vec<_>>().join(", ")
    }

    /// Appends text.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }
}
