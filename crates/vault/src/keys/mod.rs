//! Keys: where they come from, what they seal, how they die.
