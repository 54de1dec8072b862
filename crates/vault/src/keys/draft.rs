//! Keys for drafts: what a person typed on a device and has not saved yet.
//!
//! A browser may keep words on its disk only if they are unreadable there without us. The server hands a key to a living
//! session and never again once the session or the device is ended, so a lost phone holds nothing but noise.

use crate::keys::mac::{Keyed, framed};
use crate::keys::{Kek, Key32, kek::label};

/// Makes the key of one person on one device; the same two always get the same one, so it is stored nowhere.
pub struct DraftKeys(Keyed);

impl DraftKeys {
    /// Derived from the root key.
    pub fn from_kek(kek: &Kek) -> Self {
        Self(Keyed::new(kek.derive(label::DRAFTS).expose()))
    }

    /// The key of `person` on `device`.
    pub fn of(&self, person: &str, device: &str) -> Key32 {
        self.0.expand(&framed(&[person.as_bytes(), device.as_bytes()]))
    }
}

impl std::fmt::Debug for DraftKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DraftKeys(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_devices_do_not_read_each_other() {
        let keys = DraftKeys::from_kek(&Kek::from_key(Key32::from_bytes([1; 32])));
        let mine = keys.of("li", "phone");
        assert_eq!(mine.expose(), keys.of("li", "phone").expose());
        for other in [keys.of("wang", "phone"), keys.of("li", "laptop"), keys.of("lip", "hone")] {
            assert_ne!(mine.expose(), other.expose());
        }
    }
}
