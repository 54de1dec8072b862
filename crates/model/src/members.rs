//! Reading objects of JSON as objects only. A derived reader also takes a list, member by member in the order of the
//! declaration: `["zhang.wei", "secret"]` would be a sign-in, and the order of a struct a part of the contract.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// A value that was written as an object with named members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Members<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = T;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(Object(PhantomData)).map(Members)
    }
}

/// For `#[serde(deserialize_with)]` of a member that is an object.
///
/// # Errors
/// Not an object, or not the one that was expected.
pub fn one<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Members::deserialize(deserializer).map(|Members(value)| value)
}

/// The same for an object or nothing.
///
/// # Errors
/// As [`one`].
pub fn maybe<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<Members<T>>::deserialize(deserializer)?.map(|Members(value)| value))
}

/// The same for a list of objects.
///
/// # Errors
/// As [`one`].
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::<Members<T>>::deserialize(deserializer)?.into_iter().map(|Members(value)| value).collect())
}

#[cfg(test)]
mod tests {
    use super::Members;
    use serde::Deserialize;

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        a: i64,
        #[serde(default)]
        b: Option<i64>,
    }

    #[test]
    fn a_list_is_no_object() {
        let read = |text: &str| serde_json::from_str::<Members<Pair>>(text);
        assert_eq!(read(r#"{"a":1}"#).unwrap().0, Pair { a: 1, b: None });
        assert!(serde_json::from_str::<Pair>("[1,2]").is_ok(), "what this guards against");
        for wrong in ["[1,2]", "[]", "null", "1", "\"a\"", r#"{"a":1,"c":2}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
