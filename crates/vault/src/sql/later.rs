//! Statements that wait for each other's company.

use super::Arg;

/// Statements that wait to go to the engine together: each alone would cost a round trip. Their placeholders are counted
/// on, so that one list of arguments serves them all.
#[derive(Default)]
pub(super) struct Later {
    texts: Vec<String>,
    args: Vec<Arg>,
    /// The places of those that must change a row.
    bound: Vec<usize>,
}

/// Statements of one batch, at most; keeps a text below the engines' limits.
const MOST_LATER: usize = 24;

impl Later {
    /// Adds one behind those that wait; answers whether as many wait as may.
    pub(super) fn add(&mut self, sql: &str, args: &[Arg]) -> bool {
        self.texts.push(count_on(sql, self.args.len()));
        self.args.extend_from_slice(args);
        self.texts.len() >= MOST_LATER
    }

    /// The next one that is added must change a row, or nothing of the write happens.
    pub(super) fn bind_next(&mut self) {
        self.bound.push(self.texts.len());
    }

    /// Whether one of those that wait must change a row.
    pub(super) fn is_bound(&self) -> bool {
        !self.bound.is_empty()
    }

    /// One text for all: on PostgreSQL parts of one statement, on SQLite statements in a row. Also, whether the text is
    /// short enough to be worth keeping prepared.
    pub(super) fn take(&mut self, postgres: bool) -> Option<(String, Vec<Arg>, bool)> {
        let mut texts = std::mem::take(&mut self.texts);
        let kept = texts.len() < MOST_LATER;
        let bound = std::mem::take(&mut self.bound);
        if !bound.is_empty() {
            // A part that changed nothing makes the whole statement fail, and with it everything else that it did.
            let counts: Vec<_> = bound.iter().map(|i| format!("(SELECT COUNT(*) FROM w{i})")).collect();
            texts.push(format!("SELECT 1 / LEAST({})", counts.join(", ")));
        }
        let last = texts.pop()?;
        let text = match (postgres, texts.is_empty()) {
            (_, true) => last,
            (true, false) => {
                let parts: Vec<_> =
                    texts.iter().enumerate().map(|(i, text)| format!("w{i} AS ({text})")).collect();
                format!("WITH {} {last}", parts.join(", "))
            }
            (false, false) => {
                texts.push(last);
                texts.join("; ")
            }
        };
        Some((text, std::mem::take(&mut self.args), kept))
    }
}

/// `$1` becomes `$(1 + by)`. Our texts hold no `$` in quotes.
fn count_on(sql: &str, by: usize) -> String {
    if by == 0 {
        return sql.to_owned();
    }
    let mut out = String::with_capacity(sql.len() + 32);
    let mut parts = sql.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().map_or(0, |n| n + by);
        out.push('$');
        out.push_str(&number.to_string());
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_counted_on() {
        assert_eq!(count_on("a = $1 AND b IN ($2, $10)", 5), "a = $6 AND b IN ($7, $15)");
        assert_eq!(count_on("a = $1", 0), "a = $1");
    }

    #[test]
    fn what_waits_goes_out_as_one_text() {
        let two = || {
            let mut later = Later::default();
            later.add("INSERT INTO a VALUES ($1)", &[Arg::from(1)]);
            later.add("INSERT INTO b VALUES ($1, $2)", &[Arg::from(2), Arg::from(3)]);
            later
        };
        let (text, args, kept) = two().take(true).unwrap();
        assert_eq!(text, "WITH w0 AS (INSERT INTO a VALUES ($1)) INSERT INTO b VALUES ($2, $3)");
        assert_eq!((args.len(), kept), (3, true));
        let (text, ..) = two().take(false).unwrap();
        assert_eq!(text, "INSERT INTO a VALUES ($1); INSERT INTO b VALUES ($2, $3)");
        assert!(Later::default().take(true).is_none());
        let mut later = two();
        later.bind_next();
        later.add("UPDATE c SET d = $1 RETURNING 1", &[Arg::from(4)]);
        let (text, ..) = later.take(true).unwrap();
        assert_eq!(
            text,
            "WITH w0 AS (INSERT INTO a VALUES ($1)), w1 AS (INSERT INTO b VALUES ($2, $3)), \
             w2 AS (UPDATE c SET d = $4 RETURNING 1) SELECT 1 / LEAST((SELECT COUNT(*) FROM w2))"
        );
        assert!(!later.is_bound());
    }
}
