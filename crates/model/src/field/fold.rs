//! Folding: the form in which texts are compared.

/// Lower-case, full-width letters and digits made half-width, white space collapsed and trimmed. For projections
/// and search only; what people see keeps their spelling.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().map(half_width) {
        if c.is_whitespace() {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else if !is_invisible(c) {
            // Per character, not per text: the final sigma rule would make folding depend on the neighbours.
            folded.extend(c.to_lowercase());
        }
    }
    trim(&folded).to_owned()
}

/// The half-width twin of a full-width character (as typed by a Chinese input method).
pub(super) fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Marks that direct or join text without showing; address books on Windows paste them around phone numbers.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Without white space and invisible marks at both ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}
