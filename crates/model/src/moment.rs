//! Moments as text: RFC 3339 in UTC with milliseconds, the form of the API.

/// `2026-11-24T06:53:34.123Z` for UTC milliseconds; the epoch for what lies outside the calendar.
pub fn text(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or_else(|_| "1970-01-01T00:00:00.000Z".to_owned(), |at| format!("{at:.3}"))
}

/// UTC milliseconds of an RFC 3339 text with an offset; none for anything else.
pub fn parse(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    #[test]
    fn keeps_milliseconds_and_the_zone() {
        assert_eq!(super::text(1_795_503_214_123), "2026-11-24T06:53:34.123Z");
        assert_eq!(super::text(0), "1970-01-01T00:00:00.000Z");
    }
}
