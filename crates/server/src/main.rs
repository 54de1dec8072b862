//! kedun
fn main() {}
