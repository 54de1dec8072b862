//! New ids for records and everything else, and bytes drawn by lot. Neither is a key: who knows one opens nothing.

use crate::error::Result;
use crate::keys::KeyError;
use uuid::Uuid;

/// A fresh UUIDv7 as text (36 characters, lower case). Ids made by one process sort in the order of their
/// making, which keeps new rows together in the indexes; they therefore tell when they were made (ms).
pub fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// Bytes from the operating system, to name something by that nobody should guess.
///
/// # Errors
/// The operating system gives none.
pub fn drawn<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(KeyError::Random)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_seven_unique_and_ascending() {
        let ids: Vec<String> = (0..10_000).map(|_| new_id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(Uuid::parse_str(&ids[0]).unwrap().get_version_num(), 7);
        assert_eq!(ids[0].len(), 36);
    }
}
