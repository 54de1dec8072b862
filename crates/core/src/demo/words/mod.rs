//! The words the demo company is made of. All of it is invented: brands are made of rare characters so that no
//! real hospital is named, and every person is a chance pairing of common characters.

pub(super) mod goods;
pub(super) mod names;
pub(super) mod places;
pub(super) mod talk;
